import { z } from 'zod';
import { tagsSchema } from '../../../engine/alerts/act-on-alert.ts';
import { alertFilterSchema } from '../../../engine/alerts/list-alerts.ts';
import { ALERT_STATUSES, CLOSE_REASONS } from '../../../engine/core/alert.ts';
import { actorOf } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
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

export const alertRoutes: Routes = (app, { alerts }) => {
  const read = { permission: 'alerts:read' } as const;

  app.get(
    '/api/v1/alerts',
    { config: read, schema: { querystring: alertFilterSchema, response: { 200: pageOf(alertSchema) } } },
    async (request) => {
      const { items, next_cursor } = await (await alerts(principalOf(request).org)).list(request.query);
      return { items: items.map((alert) => ({ ...alert })), next_cursor };
    },
  );

  app.get(
    '/api/v1/alerts/:id',
    { config: read, schema: { params: byId, response: { 200: alertSchema } } },
    async (request) => ({ ...(await (await alerts(principalOf(request).org)).get(request.params.id)) }),
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
