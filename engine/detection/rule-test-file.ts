import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Rule } from '../core/rule.ts';
import { invalid } from './sql-rule-file.ts';

/** `90s`, `5m`, `2h`, `1d` or a number of seconds. */
const duration = z.union([z.number(), z.string().regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/)]).transform((value) => {
  if (typeof value === 'number') return value * 1_000;
  const [, amount, unit] = /^([\d.]+)(ms|s|m|h|d)$/.exec(value)!;
  return (
    Number(amount) * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as 'ms' | 's' | 'm' | 'h' | 'd']
  );
});

/** A span in a few words; whatever is not named has a default. Written to the store through the whole ingest pipeline. */
export const testSpanSchema = z.strictObject({
  /** Names the span for `parent` and for expected evidence. */
  id: z.string().optional(),
  /** Start after the beginning of the test, and how long it took. */
  at: duration.optional(),
  took: duration.default(1_000),
  kind: z.enum(['llm', 'agent', 'tool', 'retriever', 'chain']).default('llm'),
  name: z.string().optional(),
  trace: z.string().default('main'),
  session: z.string().default('main'),
  parent: z.string().optional(),
  agent: z.string().default('test-agent'),
  version: z.string().default('1.0.0'),
  user: z.string().default('user-1'),
  model: z.string().default('test-model'),
  system: z.string().optional(),
  prompt: z.string().optional(),
  answer: z.string().optional(),
  tool: z.string().optional(),
  args: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  result: z.string().optional(),
  step: z.int().optional(),
  steps: z.int().optional(),
  error: z.string().optional(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** In which window the span arrives; the rule runs after each. */
  arrives: z.int().min(1).default(1),
  /** How many copies of the span are made, each with ids and a start of its own. */
  repeat: z.int().min(1).max(500).default(1),
  /** The sender sends it again in a later window as well. */
  sent_again: z.boolean().default(false),
});

export type TestSpan = z.infer<typeof testSpanSchema>;

const expectedSchema = z.strictObject({
  entity: z.string().optional(),
  title: z.string().optional().describe('Words that the title must contain'),
  evidence: z.array(z.string()).optional().describe('Ids of spans that the evidence must name'),
});

export const ruleTestSchema = z.strictObject({
  name: z.string().min(3),
  spans: z.array(testSpanSchema).min(1),
  deployments: z
    .array(z.strictObject({ agent: z.string(), version: z.string().default(''), at: duration }))
    .default([]),
  /** The findings there must be in the end: no more, no fewer. */
  expect: z.array(expectedSchema),
});

export type RuleTest = z.infer<typeof ruleTestSchema>;

/** Path of a rule's tests: `<rule-id>.test.yaml` beside it. */
export function ruleTestFile(rule: Rule): string {
  return rule.file.replace(/\.(sql|ts)$/, '.test.yaml');
}

/** Reads a rule's tests; empty when there is no file. Throws RULE_INVALID with file and line. */
export async function readRuleTests(rule: Rule): Promise<RuleTest[]> {
  const file = ruleTestFile(rule);
  if (!existsSync(file)) return [];
  const lines = new LineCounter();
  const document = parseDocument(await readFile(file, 'utf8'), { lineCounter: lines });
  const syntax = document.errors[0];
  if (syntax) throw invalid(file, syntax.linePos?.[0].line ?? 1, syntax.message.split('\n')[0]!);
  const parsed = z.array(ruleTestSchema).safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const node = document.getIn(issue.path, true) as { range?: [number, number, number] } | undefined;
  const line = node?.range ? lines.linePos(node.range[0]).line : 1;
  throw invalid(file, line, `${issue.path.join('.')}: ${issue.message}`);
}
