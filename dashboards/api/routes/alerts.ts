import { z } from 'zod';
import { tagsSchema } from '../../../engine/alerts/act-on-alert.ts';
import { alertFilterSchema } from '../../../engine/alerts/list-alerts.ts';
import { readVerdicts } from '../../../engine/clickhouse/tables/alert-triage.ts';
import { ALERT_STATUSES, CLOSE_REASONS } from '../../../engine/core/alert.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { VERDICTS } from '../../../engine/core/triage.ts';
import { may } from '../../auth/permissions.ts';
import { actorOf } from '../audit.ts';
import { createContentAccess } from '../content-access.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import { readTriage, triageSchema } from '../queries/alert-triage.ts';
import type { Routes } from '../route-group.ts';

const text = z.string();

const alertSchema = z.looseObject({
  id: text,
  rule_id: text,
  rule_version: z.number(),
  title: text,
  severity: text,
  risk_score: z.number(),
  status: z.enum(ALERT_STATUSES),
  entity: z.object({ kind: text, value: text }),
  session_id: text,
  fingerprint: text,
  starts_at: text,
  ends_at: text,
  count: z.number(),
  evidence: z.array(z.object({ trace_id: text, span_id: text, note: text })),
  threat: z.array(z.looseObject({ framework: text, version: text, technique: z.array(text) })),
  runbook: text,
  tags: z.array(text),
  assignee: text.nullable(),
  verdict: z
    .enum(VERDICTS)
    .nullable()
    .optional()
    .describe('In lists: of the first look at it, null until there is one'),
  triage: triageSchema.nullable().optional().describe('Of one alert: the first look at it'),
});

const byId = z.object({ id: z.string().min(1).max(100) });

/** The bodies of what people may do to an alert, by the action's name in the path. */
const ACTIONS = {
  acknowledge: z.strictObject({}).nullish(),
  assign: z.strictObject({ assignee: z.string().trim().min(1).max(200).nullable() }),
  close: z.strictObject({ reason: z.enum(CLOSE_REASONS) }),
  reopen: z.strictObject({}).nullish(),
  tag: z.strictObject({ tags: tagsSchema }),
  comment: z.strictObject({ text: z.string().trim().min(1).max(4_000) }),
};

export const alertRoutes: Routes = (app, services) => {
  const { alerts, store } = services;
  const content = createContentAccess(services);
  const read = { permission: 'alerts:read' } as const;

  app.get(
    '/api/v1/alerts',
    { config: read, schema: { querystring: alertFilterSchema, response: { 200: pageOf(alertSchema) } } },
    async (request) => {
      const { org } = principalOf(request);
      const { items, next_cursor } = await (await alerts(org)).list(request.query);
      const ids = items.map(({ id }) => id);
      const verdicts = await readVerdicts(store, orgDatabase(org), ids);
      return { items: items.map((alert) => ({ ...alert, verdict: verdicts.get(alert.id) ?? null })), next_cursor };
    },
  );

  app.get(
    '/api/v1/alerts/:id',
    { config: read, schema: { params: byId, response: { 200: alertSchema } } },
    async (request) => {
      const principal = principalOf(request);
      const alert = await (await alerts(principal.org)).get(request.params.id);
      const mayReadContent = async () =>
        (await content.inSql(principal)) ||
        (alert.session_id !== '' &&
          may(principal.role, 'traces:read') &&
          (await content.to(principal, { session: alert.session_id })) !== 'hidden');
      return { ...alert, triage: await readTriage(store, orgDatabase(principal.org), alert.id, mayReadContent) };
    },
  );

  for (const [action, body] of Object.entries(ACTIONS)) {
    app.post(
      `/api/v1/alerts/:id/${action}`,
      { config: { permission: 'alerts:act' }, schema: { params: byId, body, response: { 200: alertSchema } } },
      async (request) => {
        const org = await alerts(principalOf(request).org);
        // The body was parsed for this very action; the alerting checks the two together once more.
        const asked = { ...(request.body ?? {}), action } as Parameters<typeof org.act>[1];
        return { ...(await org.act(request.params.id, asked, actorOf(request))) };
      },
    );
  }
};
