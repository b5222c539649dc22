import { z } from 'zod';
import type { FindingDraft } from './finding.ts';
import type { RuleForm, RuleFormInput, RuleKind } from './rule-form.ts';
import type { Session, SessionColumn } from './session.ts';
import { SEVERITIES, severityOf } from './severity.ts';
import { threatSchema } from './threat.ts';

/** What a finding is about; alerts are grouped by it. */
export const ENTITY_KINDS = ['session', 'agent', 'user', 'tool', 'secret', 'memory', 'org', 'rule'] as const;

/** experimental: findings only. test: alerts that notify nobody. stable: alerts that notify. deprecated: does not run. */
export const RULE_STATUSES = ['experimental', 'test', 'stable', 'deprecated'] as const;

/** With this schedule and a second of evaluation an alert is readable well within ten seconds of its spans. */
export const DEFAULT_SCHEDULE = '*/3 * * * * *';

/**
 * What a rule says about itself: YAML in the leading comment of a SQL rule, the argument of `defineDetector` in TypeScript.
 * Strict: an unknown key is an error, never ignored. The rule's id is its file's name.
 */
export const ruleMetadataSchema = z
  .strictObject({
    name: z.string().min(3),
    description: z.string().min(20),
    severity: z.enum(SEVERITIES),
    risk_score: z.int().min(0).max(100),
    status: z.enum(RULE_STATUSES),
    enabled: z.boolean().default(true),
    version: z.int().min(1),
    author: z.string().min(1).default('Spanwarden'),
    entity: z.enum(ENTITY_KINDS),
    /** Cron expression of five or six fields (seconds first when six). */
    schedule: z.string().default(DEFAULT_SCHEDULE),
    /**
     * A condition on one span, where the query does not show one: unless a span of the window meets it, the query can find nothing and
     * is not run. May bind `params`.
     */
    trigger: z.string().min(1).max(2_000).optional(),
    /** Bound as {name: Type} in SQL beside {from} and {to}; read as `params` by a detector. */
    params: z
      .record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.union([z.string(), z.number(), z.array(z.string())]))
      .default({}),
    /** Most findings one evaluation may make; the others are counted, and the run is marked as truncated in the ledger. */
    max_signals: z.int().min(1).max(10_000).default(1_000),
    /** Of findings that agree in these fields (see exception.ts), only the first within the duration raises alerts. */
    alert_suppression: z
      .strictObject({
        group_by: z.array(z.string().min(1)).min(1).max(5),
        seconds: z
          .int()
          .min(1)
          .max(7 * 86_400),
      })
      .optional(),
    threat: z.array(threatSchema).min(1),
    runbook: z.string().min(40),
    false_positives: z.array(z.string().min(1)).min(1),
    references: z.array(z.url()).default([]),
    tags: z.array(z.string()).default([]),
    /** Columns of otel_traces that must be filled on live data for the rule to be able to fire. */
    required_fields: z.array(z.string()).default([]),
  })
  .superRefine((rule, context) => {
    if (severityOf(rule.risk_score) !== rule.severity) {
      context.addIssue({
        code: 'custom',
        path: ['severity'],
        message: `risk_score ${rule.risk_score} means severity ${severityOf(rule.risk_score)}, not ${rule.severity}`,
      });
    }
  });

export type RuleMetadata = z.infer<typeof ruleMetadataSchema>;
/** What an author writes: fields with defaults may be left out. */
export type RuleMetadataInput = z.input<typeof ruleMetadataSchema>;

/**
 * A rule in SQL. It runs in the org's database with {from: DateTime64(6)} and {to: DateTime64(6)} bound to a half-open window
 * on IngestedAt and returns a row a finding, see `findingRowSchema` in finding.ts.
 */
export interface SqlRule {
  readonly kind: 'sql';
  readonly id: string;
  readonly file: string;
  readonly metadata: RuleMetadata;
  readonly query: string;
  /** Line of the file on which the query begins. */
  readonly queryLine: number;
  /** What the author wrote when the query was made from it; undefined when the author wrote the query. */
  readonly form?: RuleForm;
}

export type Evaluate<Column extends SessionColumn = SessionColumn> = (
  session: Session<Column>,
  params: RuleMetadata['params'],
) => FindingDraft[];

/** A rule in TypeScript: a pure function over each session that got spans in the window, with all its spans. */
export interface DetectorRule {
  readonly kind: 'detector';
  readonly id: string;
  readonly file: string;
  readonly metadata: RuleMetadata;
  /** What `evaluate` reads of a span; nothing else is fetched. */
  readonly columns: readonly SessionColumn[];
  readonly evaluate: Evaluate;
}

export type Rule = SqlRule | DetectorRule;

/** Whether a window without new spans holds nothing new for the rule. Findings come by themselves. */
export function readsSpansOnly(rule: Rule): boolean {
  return rule.kind === 'detector' || !/\b(findings|risk_contributions|session_summaries)\b/.test(rule.query);
}

export interface DetectorDefinition<Column extends SessionColumn = SessionColumn> extends RuleMetadataInput {
  columns: readonly Column[];
  evaluate: Evaluate<Column>;
}

/** Declares a detector; the default export of a rule file in TypeScript. */
export function defineDetector<const Column extends SessionColumn>(
  definition: DetectorDefinition<Column>,
): DetectorDefinition<Column> {
  return definition;
}

/** Declares a rule of a kind that becomes a query; the default export of a rule file in TypeScript. */
export function defineRule(definition: RuleMetadataInput & RuleFormInput): RuleMetadataInput & RuleFormInput {
  return definition;
}

export function kindOf(rule: Rule): RuleKind {
  return rule.kind === 'detector' ? 'detector' : (rule.form?.kind ?? 'scheduled');
}
