import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isCoded } from '../core/errors.ts';
import type { DetectorDefinition, Rule } from '../core/rule.ts';
import { checkMetadata } from './check-metadata.ts';
import { invalid, problemsOf } from './rule-source.ts';
import { formRule, parseSqlRule, parseYamlRule } from './sql-rule-file.ts';

export interface LoadedRules {
  readonly rules: readonly Rule[];
  /** One line a problem of a file that could not be loaded; the others are unaffected. */
  readonly errors: readonly string[];
  /** Those files. */
  readonly broken: readonly string[];
}

const RULE_ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Loads every rule under the folders: `<family>/<rule-id>.sql`, `.yaml` and `.ts`, tests left out. A later folder may not redefine an id. */
export async function loadRules(folders: readonly string[]): Promise<LoadedRules> {
  const rules = new Map<string, Rule>();
  const errors: string[] = [];
  const broken: string[] = [];
  for (const file of (await Promise.all(folders.map(ruleFiles))).flat()) {
    try {
      const rule = await loadRule(file);
      const known = rules.get(rule.id);
      if (known) throw invalid(file, 1, `the id ${rule.id} is taken by ${known.file}; rename the file`);
      rules.set(rule.id, rule);
    } catch (error) {
      broken.push(file);
      errors.push(...(isCoded(error) ? problemsOf(error) : [`${file}:1: ${oneLine((error as Error).message)}`]));
    }
  }
  return { rules: [...rules.values()], errors, broken };
}

/** Rule files of a folder, or the file itself when `path` names one. */
export async function ruleFiles(path: string): Promise<string[]> {
  if (isRuleFile(path)) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && isRuleFile(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function isRuleFile(name: string): boolean {
  return /\.(sql|yaml|ts)$/.test(name) && !/\.test\.(yaml|ts)$/.test(name);
}

/** The rule's id: its file's name. */
export function ruleIdOf(file: string): string {
  return basename(file, extname(file));
}

/** Loads one rule file. Throws RULE_INVALID, or whatever a module in TypeScript throws. */
export async function loadRule(file: string): Promise<Rule> {
  const id = ruleIdOf(file);
  if (!RULE_ID.test(id))
    throw invalid(file, 1, 'a rule file is named after its id: lower-case words joined by hyphens');
  if (file.endsWith('.ts')) return loadModule(id, file);
  return parseRuleText(id, file, await readFile(file, 'utf8'));
}

/** A rule from the text of a `.sql` or `.yaml` file. Throws RULE_INVALID. */
export function parseRuleText(id: string, file: string, text: string): Rule {
  return file.endsWith('.sql') ? parseSqlRule(id, file, text) : parseYamlRule(id, file, text);
}

async function loadModule(id: string, file: string): Promise<Rule> {
  // A module is loaded once for each address: a changed file needs another.
  const { mtimeMs } = await stat(file);
  const module = (await import(`${pathToFileURL(file).href}?${Math.trunc(mtimeMs)}`)) as {
    default?: DetectorDefinition;
  };
  if (typeof module.default !== 'object' || module.default === null) {
    throw invalid(file, 1, 'a rule in TypeScript exports defineDetector({...}) or defineRule({...}) as its default');
  }
  const { evaluate, columns, ...declared } = module.default;
  const { metadata, form } = checkMetadata(file, declared, () => 1);
  if (form !== undefined) return formRule(id, file, metadata, form, 1);
  if (typeof evaluate !== 'function') {
    throw invalid(file, 1, 'a rule in TypeScript exports defineDetector({...}) or defineRule({...}) as its default');
  }
  if (!Array.isArray(columns) || columns.length === 0) {
    throw invalid(file, 1, 'columns: name the columns of otel_traces that evaluate reads');
  }
  return { kind: 'detector', id, file, metadata, columns, evaluate };
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
