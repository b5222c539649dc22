import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { validate as isCron } from 'node-cron';
import { isCoded } from '../core/errors.ts';
import type { DetectorDefinition, Rule } from '../core/rule.ts';
import { invalid, parseMetadata, parseSqlRule } from './sql-rule-file.ts';

export interface LoadedRules {
  readonly rules: readonly Rule[];
  /** One line a file that could not be loaded; the others are unaffected. */
  readonly errors: readonly string[];
}

const RULE_ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Loads every rule under the folders: `<family>/<rule-id>.sql` and `.ts`, tests left out. A later folder may not redefine an id. */
export async function loadRules(folders: readonly string[]): Promise<LoadedRules> {
  const rules = new Map<string, Rule>();
  const errors: string[] = [];
  for (const file of (await Promise.all(folders.map(ruleFiles))).flat()) {
    try {
      const rule = await loadRule(file);
      const known = rules.get(rule.id);
      if (known) throw invalid(file, 1, `the id ${rule.id} is taken by ${known.file}; rename the file`);
      rules.set(rule.id, rule);
    } catch (error) {
      errors.push(isCoded(error) ? error.message : `${file}:1: ${(error as Error).message}`);
    }
  }
  return { rules: [...rules.values()], errors };
}

/** Rule files of a folder, or the file itself when `path` names one. */
async function ruleFiles(path: string): Promise<string[]> {
  if (isRuleFile(path)) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && isRuleFile(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function isRuleFile(name: string): boolean {
  return /\.(sql|ts)$/.test(name) && !name.endsWith('.test.ts');
}

async function loadRule(file: string): Promise<Rule> {
  const id = basename(file, extname(file));
  if (!RULE_ID.test(id))
    throw invalid(file, 1, 'a rule file is named after its id: lower-case words joined by hyphens');
  const rule = file.endsWith('.sql')
    ? parseSqlRule(id, file, await readFile(file, 'utf8'))
    : await loadDetector(id, file);
  if (!isCron(rule.metadata.schedule)) {
    throw invalid(file, 1, `schedule: "${rule.metadata.schedule}" is no cron expression of five or six fields`);
  }
  return rule;
}

async function loadDetector(id: string, file: string): Promise<Rule> {
  const module = (await import(pathToFileURL(file).href)) as { default?: DetectorDefinition };
  if (typeof module.default?.evaluate !== 'function') {
    throw invalid(file, 1, 'a rule in TypeScript exports defineDetector({...}) as its default');
  }
  const { evaluate, columns, ...metadata } = module.default;
  if (!Array.isArray(columns) || columns.length === 0) {
    throw invalid(file, 1, 'columns: name the columns of otel_traces that evaluate reads');
  }
  return { kind: 'detector', id, file, metadata: parseMetadata(file, metadata), columns, evaluate };
}
