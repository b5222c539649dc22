import { z } from 'zod';
import {
  type CloseFigures,
  readCloseFigures,
  readFillRates,
  readGapFigures,
  readRunFigures,
} from '../../../engine/clickhouse/rule-health.ts';
import { readLastCanaries } from '../../../engine/clickhouse/tables/canary-runs.ts';
import { readRuleStates } from '../../../engine/clickhouse/tables/rule-states.ts';
import { readWatermarks } from '../../../engine/clickhouse/tables/watermarks.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { rfc3339, timestampText } from '../../../engine/core/timestamp.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';

const healthSchema = z.object({
  rule_id: z.string(),
  status: z.string(),
  enabled: z.boolean(),
  state: z.enum(['running', 'failing', 'parked']),
  /** '' unless it fails. */
  error: z.string(),
  failures: z.number().describe('In a row'),
  evaluated_to: z.string().nullable(),
  last_day: z
    .object({
      last_run_at: z.string(),
      runs: z.number(),
      p50_ms: z.number(),
      p95_ms: z.number(),
      rows_read: z.number(),
      findings: z.number(),
      errors: z.number(),
      truncated_runs: z.number(),
      filled_in_runs: z.number(),
    })
    .nullable()
    .describe('null when it did not run'),
  gaps: z.object({ open: z.number(), filled: z.number(), skipped: z.number() }),
  required_fields: z
    .array(z.object({ field: z.string(), fill_rate: z.number().nullable() }))
    .describe('Share of the latest spans of the last day that have the field; null when none came'),
  closed: z.object({
    true_positive: z.number(),
    false_positive: z.number(),
    benign: z.number(),
    duplicate: z.number(),
  }),
  canary: z
    .object({ sent_at: z.string(), state: z.enum(['fired', 'silent', 'unsent']), seconds: z.number() })
    .nullable()
    .describe('The last session that had to set it off'),
  precision: z.number().nullable().describe('True positives among closed alerts that are no duplicates'),
});

const NO_GAPS = { open: 0, filled: 0, skipped: 0 };
const NONE_CLOSED = { true_positive: 0, false_positive: 0, benign: 0, duplicate: 0 };

/** How every rule does: whether it runs, what it costs, whether it could fire at all, and how often it is right. */
export const ruleHealthRoutes: Routes = (app, { rules, store }) => {
  app.get(
    '/api/v1/rules/health',
    { config: { permission: 'rules:read' }, schema: { response: { 200: pageOf(healthSchema) } } },
    async (request) => {
      const { org } = principalOf(request);
      const database = orgDatabase(org);
      const all = [...(await rules(org))].sort((a, b) => (a.id < b.id ? -1 : 1));
      const [marks, states, runs, gaps, closed, canaries, rates] = await Promise.all([
        readWatermarks(store, org),
        readRuleStates(store, org),
        readRunFigures(store, org),
        readGapFigures(store, org),
        readCloseFigures(store, database),
        readLastCanaries(store, org),
        readFillRates(
          store,
          database,
          all.flatMap((rule) => rule.metadata.required_fields),
        ),
      ]);
      const stateOf = new Map(states.map((state) => [state.ruleId, state]));
      const items = all.map(({ id, metadata }) => {
        const mark = marks.get(id);
        const state = stateOf.get(id);
        const reasons = closed.get(id) ?? NONE_CLOSED;
        return {
          rule_id: id,
          status: metadata.status,
          enabled: metadata.enabled,
          state: state?.state ?? ('running' as const),
          error: state?.error ?? '',
          failures: state?.failures ?? 0,
          evaluated_to: mark === undefined ? null : rfc3339(timestampText(mark)),
          last_day: runs.get(id) ?? null,
          gaps: gaps.get(id) ?? NO_GAPS,
          required_fields: metadata.required_fields.map((field) => ({ field, fill_rate: rates.get(field) ?? null })),
          closed: reasons,
          canary: canaries.get(id) ?? null,
          precision: precisionOf(reasons),
        };
      });
      return { items, next_cursor: null };
    },
  );
};

function precisionOf({ true_positive, false_positive, benign }: CloseFigures): number | null {
  const judged = true_positive + false_positive + benign;
  return judged === 0 ? null : true_positive / judged;
}
