import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Rule } from '../core/rule.ts';
import { type RuleTest, ruleTestSchema } from '../core/rule-test.ts';
import { invalid, parseYaml } from './rule-source.ts';

/** Path of a rule's tests in YAML: `<rule-id>.test.yaml` beside it. In TypeScript it is `<rule-id>.test.ts`. */
export function ruleTestFile(rule: Pick<Rule, 'file'>): string {
  return rule.file.replace(/\.(sql|yaml|ts)$/, '.test.yaml');
}

/** Reads a rule's tests, in YAML, in TypeScript or in both; empty when there are none. Throws RULE_INVALID with file and line. */
export async function readRuleTests(rule: Pick<Rule, 'file'>): Promise<RuleTest[]> {
  const file = ruleTestFile(rule);
  const module = file.replace(/\.yaml$/, '.ts');
  return [...(existsSync(file) ? await yamlTests(file) : []), ...(existsSync(module) ? await moduleTests(module) : [])];
}

async function yamlTests(file: string): Promise<RuleTest[]> {
  const { value, lineOf } = parseYaml(file, await readFile(file, 'utf8'));
  return checked(file, value, (path) => lineOf(path));
}

async function moduleTests(file: string): Promise<RuleTest[]> {
  const { mtimeMs } = await stat(file);
  const module = (await import(`${pathToFileURL(file).href}?${Math.trunc(mtimeMs)}`)) as { default?: unknown };
  return checked(file, module.default, () => 1);
}

function checked(file: string, tests: unknown, lineOf: (path: readonly PropertyKey[]) => number): RuleTest[] {
  const parsed = z.array(ruleTestSchema).safeParse(tests);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw invalid(file, lineOf(issue.path), `${issue.path.join('.')}: ${issue.message}`);
}
