import { z } from 'zod';
import { durationSchema } from './duration.ts';

/** The kinds of rules there are: how a rule says what it looks for. All but `detector` become one query each. */
export const RULE_KINDS = [
  'scheduled',
  'threshold',
  'new_terms',
  'sequence',
  'correlation',
  'summary',
  'detector',
] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** A condition or expression in ClickHouse SQL over the columns of what the rule reads; `{name: Type}` binds a param. */
const sql = z.string().trim().min(1);

/** A column's name, or `expression AS name`. */
const named = z.string().regex(/^(\w+|[\s\S]+\sAS\s+\w+)$/i, 'a column, or "expression AS name"');

const title = z
  .string()
  .min(5)
  .describe('One sentence; {entity} and the other columns of the finding in braces are filled in');

const threshold = z.strictObject({
  /** The least that fires. */
  at_least: z.number().positive(),
  /** What is measured of the spans: how many, how many different values, or the sum of an expression. */
  of: z.union([z.literal('count'), z.strictObject({ distinct: sql }), z.strictObject({ sum: sql })]).default('count'),
  /** Beside the entity: each combination is measured and alerts by itself. */
  group_by: z.array(named).max(5).default([]),
  /** Over a whole session, or within any stretch of this length over all sessions. */
  within: z.union([z.literal('session'), durationSchema]).default('session'),
});

const newTerms = z.strictObject({
  /** What has to be new for the entity. */
  field: named,
  /** For how long a term counts as known after it was ingested. */
  look_back: durationSchema.default('30d'),
  /** How long the entity itself must have been known when the term first appears: a new agent's every tool is new. */
  min_history: durationSchema.default('1d'),
});

const sequence = z.strictObject({
  steps: z
    .array(z.strictObject({ name: z.string().min(1).optional(), where: sql }))
    .min(2)
    .max(8),
  ordered: z.boolean().default(true),
  /** From the first to the last step. */
  within: durationSchema.optional(),
  /** The last step is at most this many spans of the session after the first. */
  within_spans: z.int().min(1).optional(),
  /** A span between the first and the last step that makes it harmless, such as an approval. */
  unless: sql.optional(),
});

const correlation = z.strictObject({
  rules: z.array(z.string().min(1)).min(1).max(50),
  /** `rules` counts how many of them found something, `findings` how many findings there are. */
  of: z.enum(['rules', 'findings']).default('rules'),
  /** The least that fires; every rule of the list when left out. */
  at_least: z.int().min(1).optional(),
  /** The rules must have found something in the order of the list. */
  ordered: z.boolean().default(false),
  within: durationSchema.default('1h'),
});

/** What a rule adds to its metadata to say what it looks for, by its kind. */
export const ruleFormSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('threshold'), title, where: sql, threshold }),
  z.strictObject({ kind: z.literal('new_terms'), title, where: sql.optional(), new_terms: newTerms }),
  z.strictObject({ kind: z.literal('sequence'), title, where: sql.optional(), sequence }),
  z.strictObject({ kind: z.literal('correlation'), title, where: sql.optional(), correlation }),
  z.strictObject({ kind: z.literal('summary'), title, where: sql }),
]);

export type RuleForm = z.infer<typeof ruleFormSchema>;
/** What an author writes: fields with defaults may be left out. */
export type RuleFormInput = z.input<typeof ruleFormSchema>;
export type FormOf<Kind extends RuleForm['kind']> = Extract<RuleForm, { kind: Kind }>;

/** Keys of a rule file that belong to its form and not to its metadata. */
export const FORM_KEYS = ['kind', 'title', 'where', 'threshold', 'new_terms', 'sequence', 'correlation'] as const;
