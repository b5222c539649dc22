import { z } from 'zod';
import { listRuleRuns } from '../../../engine/clickhouse/tables/rule-runs.ts';
import { readWatermarks } from '../../../engine/clickhouse/tables/watermarks.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { kindOf, type Rule } from '../../../engine/core/rule.ts';
import { RULE_KINDS } from '../../../engine/core/rule-form.ts';
import { rfc3339, timestampText } from '../../../engine/core/timestamp.ts';
import { problemsOfRule } from '../../../engine/detection/rule-book.ts';
import { principalOf } from '../guard-access.ts';
import { limitParameter, pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';

const ruleSchema = z.looseObject({
  id: z.string(),
  kind: z.enum(RULE_KINDS),
  name: z.string(),
  description: z.string(),
  severity: z.string(),
  risk_score: z.number(),
  status: z.string(),
  enabled: z.boolean(),
  version: z.number(),
  problem: z
    .string()
    .describe('What is wrong with its file as it is now; the version shown here runs. Empty when nothing is'),
  evaluated_to: z.string().nullable().describe('Every span ingested before this has been seen by the rule'),
});

const runSchema = z.object({
  rule_version: z.number(),
  window_from: z.string(),
  window_to: z.string(),
  started_at: z.string(),
  duration_ms: z.number(),
  rows_read: z.number(),
  findings: z.number(),
  truncated: z.boolean(),
  filled_in: z.boolean(),
  error: z.string(),
  runs: z.number().describe('Evaluations behind this entry; uneventful ones of a minute are kept together'),
});

const byId = z.object({ id: z.string().min(1).max(200) });

export const ruleRoutes: Routes = (app, { rules, ruleProblems, store }) => {
  const config = { permission: 'rules:read' } as const;

  function ruleOf(id: string): Rule {
    const rule = rules().find((candidate) => candidate.id === id);
    if (!rule) throw new CodedError('NOT_FOUND', 'There is no such rule');
    return rule;
  }

  app.get('/api/v1/rules', { config, schema: { response: { 200: pageOf(ruleSchema) } } }, async (request) => {
    const marks = await readWatermarks(store, principalOf(request).org);
    const items = [...rules()].sort((a, b) => (a.id < b.id ? -1 : 1)).map((rule) => shown(rule, marks, ruleProblems()));
    return { items, next_cursor: null };
  });

  app.get('/api/v1/rules/:id', { config, schema: { params: byId, response: { 200: ruleSchema } } }, async (request) => {
    const rule = ruleOf(request.params.id);
    const marks = await readWatermarks(store, principalOf(request).org);
    return { ...shown(rule, marks, ruleProblems()), ...(rule.kind === 'sql' && { query: rule.query }) };
  });

  app.get(
    '/api/v1/rules/:id/runs',
    {
      config,
      schema: {
        params: byId,
        querystring: z.strictObject({ limit: limitParameter }),
        response: { 200: pageOf(runSchema) },
      },
    },
    async (request) => {
      const { id } = ruleOf(request.params.id);
      const runs = await listRuleRuns(store, principalOf(request).org, id, request.query.limit);
      return {
        items: runs.map((run) => ({
          ...run,
          window_from: rfc3339(run.window_from),
          window_to: rfc3339(run.window_to),
          started_at: rfc3339(run.started_at),
          rows_read: Number(run.rows_read),
        })),
        next_cursor: null,
      };
    },
  );
};

function shown(rule: Rule, marks: ReadonlyMap<string, number>, problems: readonly string[]) {
  const mark = marks.get(rule.id);
  return {
    id: rule.id,
    kind: kindOf(rule),
    ...rule.metadata,
    ...(rule.kind === 'sql' && rule.form !== undefined && { form: rule.form }),
    problem: problemsOfRule(problems, rule).join('; '),
    evaluated_to: mark === undefined ? null : rfc3339(timestampText(mark)),
  };
}
