import { z } from 'zod';
import type { OrgRuleRevision } from '../../../engine/clickhouse/tables/org-rules.ts';
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
  changed: z.boolean().describe('The org has a text of its own for it, or switched it on or off'),
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

export const ruleRoutes: Routes = (app, { rules, orgRules, ruleProblems, store }) => {
  const config = { permission: 'rules:read' } as const;

  async function ruleOf(org: string, id: string): Promise<Rule> {
    const rule = (await rules(org)).find((candidate) => candidate.id === id);
    if (!rule) throw new CodedError('NOT_FOUND', 'There is no such rule');
    return rule;
  }

  app.get('/api/v1/rules', { config, schema: { response: { 200: pageOf(ruleSchema) } } }, async (request) => {
    const { org } = principalOf(request);
    const [marks, { rules: all, changed, problems }] = await Promise.all([
      readWatermarks(store, org),
      orgRules.of(org),
    ]);
    const wrong = (rule: Rule) => problems.get(rule.id) ?? problemsOfRule(ruleProblems(), rule).join('; ');
    const items = [...all]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((rule) => shown(rule, marks, wrong(rule), changed.get(rule.id)));
    return { items, next_cursor: null };
  });

  app.get('/api/v1/rules/:id', { config, schema: { params: byId, response: { 200: ruleSchema } } }, async (request) => {
    const { org } = principalOf(request);
    const rule = await ruleOf(org, request.params.id);
    const [marks, { changed, problems }] = await Promise.all([readWatermarks(store, org), orgRules.of(org)]);
    const wrong = problems.get(rule.id) ?? problemsOfRule(ruleProblems(), rule).join('; ');
    return { ...shown(rule, marks, wrong, changed.get(rule.id)), ...(rule.kind === 'sql' && { query: rule.query }) };
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
      const { id } = await ruleOf(principalOf(request).org, request.params.id);
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

function shown(rule: Rule, marks: ReadonlyMap<string, number>, problem: string, change?: OrgRuleRevision) {
  const mark = marks.get(rule.id);
  return {
    id: rule.id,
    kind: kindOf(rule),
    ...rule.metadata,
    ...(rule.kind === 'sql' && rule.form !== undefined && { form: rule.form }),
    problem,
    changed: change !== undefined && (change.text !== '' || change.enabled !== null),
    evaluated_to: mark === undefined ? null : rfc3339(timestampText(mark)),
  };
}
