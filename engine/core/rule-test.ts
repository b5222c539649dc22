import { z } from 'zod';
import { durationMs, durationSchema } from './duration.ts';

/** `90s`, `5m`, `2h`, `1d` or a number of seconds; becomes milliseconds. */
const duration = z
  .union([z.number(), durationSchema])
  .transform((value) => (typeof value === 'number' ? value * 1_000 : durationMs(value)));

/** When something reaches the store. */
const arrival = {
  /** In which window it arrives, from 1; the rule runs after each. A number that later entries do not have means out of order. */
  arrives: z.int().min(1).max(50).default(1),
  /** At the very first or the very last instant of its window, a microsecond from the next; in the middle when left out. */
  edge: z.enum(['first', 'last']).optional(),
  /** The sender sends it again in every later window as well. */
  sent_again: z.boolean().default(false),
};

/** A span in a few words; whatever is not named has a default. Written to the store through the whole ingest pipeline. */
const testSpanSchema = z.strictObject({
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
  ...arrival,
  /** How many copies of the span are made, each with ids and a start of its own. */
  repeat: z.int().min(1).max(500).default(1),
});

export type TestSpan = z.infer<typeof testSpanSchema>;

/** A log record in a few words, through the whole ingest pipeline like a span. */
const testLogSchema = z.strictObject({
  /** Names the record for expected evidence. */
  id: z.string().optional(),
  at: duration.optional(),
  body: z.union([z.string(), z.record(z.string(), z.unknown())]).default(''),
  /** Name of the event that the record is. */
  event: z.string().default(''),
  /** '' for a record that names none. */
  session: z.string().default('main'),
  user: z.string().default('user-1'),
  service: z.string().default('test-service'),
  severity: z.int().min(0).max(24).default(9),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  ...arrival,
});

export type TestLog = z.infer<typeof testLogSchema>;

/** A finding of another rule, for rules that correlate. */
const testFindingSchema = z.strictObject({
  /** Names it for expected evidence. */
  id: z.string().optional(),
  rule: z.string().min(1),
  at: duration.default(0),
  session: z.string().default('main'),
  entity: z.strictObject({ kind: z.string(), value: z.string() }).optional(),
  values: z.record(z.string(), z.string()).default({}),
  ...arrival,
});

export type TestFinding = z.infer<typeof testFindingSchema>;

/** A language model's summary of a session, for rules over summaries. */
const testSummarySchema = z.strictObject({
  at: duration.default(0),
  session: z.string().default('main'),
  title: z.string().default('A session'),
  work_class: z.string().default(''),
  summary: z.string().default(''),
  risks: z.array(z.string()).default([]),
  ...arrival,
});

export type TestSummary = z.infer<typeof testSummarySchema>;

const expectedSchema = z.strictObject({
  entity: z.string().optional(),
  title: z.string().optional().describe('Words that the title must contain'),
  evidence: z.array(z.string()).optional().describe('Ids of spans or findings that the evidence must name'),
});

export const ruleTestSchema = z
  .strictObject({
    name: z.string().min(3),
    spans: z.array(testSpanSchema).default([]),
    logs: z.array(testLogSchema).default([]),
    findings: z.array(testFindingSchema).default([]),
    summaries: z.array(testSummarySchema).default([]),
    deployments: z
      .array(z.strictObject({ agent: z.string(), version: z.string().default(''), at: duration }))
      .default([]),
    /** The findings there must be in the end: no more, no fewer. */
    expect: z.array(expectedSchema),
  })
  .refine((test) => test.spans.length + test.logs.length + test.findings.length + test.summaries.length > 0, {
    message: 'a test needs spans, logs, findings or summaries',
  });

export type RuleTest = z.infer<typeof ruleTestSchema>;
/** What an author writes: fields with defaults may be left out. */
export type RuleTestInput = z.input<typeof ruleTestSchema>;

/** Declares the tests of a rule; the default export of `<rule-id>.test.ts`. */
export function defineTests(tests: readonly RuleTestInput[]): readonly RuleTestInput[] {
  return tests;
}
