import { z } from 'zod';
import type { PolicyKind } from '../../../engine/alerts/routing/policy.ts';
import { routeQuestionSchema } from '../../../engine/alerts/routing/where-to.ts';
import { actorOf, audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';

const policySchema = z.looseObject({ id: z.string(), created_at: z.string(), created_by: z.string() });
const byId = z.object({ id: z.string().max(100) });

const answerSchema = z.looseObject({ explanation: z.string(), held_back_by: z.string().nullable() });

/** The lists by the last word of their path. Analysts may silence; who hears of alerts at all is for administrators. */
const LISTS = [
  { path: 'routes', kind: 'route', change: 'destinations:manage' },
  { path: 'silences', kind: 'silence', change: 'alerts:act' },
  { path: 'inhibitions', kind: 'inhibition', change: 'destinations:manage' },
] as const satisfies readonly { path: string; kind: PolicyKind; change: string }[];

/** Who hears of which alerts, when, and when nobody does. */
export const routingRoutes: Routes = (app, services) => {
  app.post(
    '/api/v1/routes/test',
    { config: { permission: 'alerts:read' }, schema: { body: routeQuestionSchema, response: { 200: answerSchema } } },
    async (request) => ({ ...(await (await services.alerts(principalOf(request).org)).whereTo(request.body)) }),
  );

  for (const { path, kind, change } of LISTS) {
    app.get(
      `/api/v1/${path}`,
      { config: { permission: 'alerts:read' }, schema: { response: { 200: pageOf(policySchema) } } },
      async (request) => {
        const { policies, heldBack } = await services.alerts(principalOf(request).org);
        const [items, held] = await Promise.all([policies.list(kind), heldBack(kind)]);
        return { items: items.map((item) => ({ ...item, ...held(item.id) })), next_cursor: null };
      },
    );

    app.post(
      `/api/v1/${path}`,
      { config: { permission: change }, schema: { body: z.looseObject({}), response: { 201: policySchema } } },
      async (request, reply) => {
        const { policies } = await services.alerts(principalOf(request).org);
        const created = await policies.create(kind, request.body, actorOf(request));
        await audit(services, request, `${kind}.create`, created.id);
        return reply.code(201).send(created);
      },
    );

    app.post(
      `/api/v1/${path}/:id`,
      {
        config: { permission: change },
        schema: { params: byId, body: z.looseObject({}), response: { 200: policySchema } },
      },
      async (request) => {
        const { policies } = await services.alerts(principalOf(request).org);
        const replaced = await policies.replace(kind, request.params.id, request.body);
        await audit(services, request, `${kind}.replace`, replaced.id);
        return replaced;
      },
    );

    app.delete(
      `/api/v1/${path}/:id`,
      { config: { permission: change }, schema: { params: byId, response: { 204: z.null() } } },
      async (request, reply) => {
        const { policies } = await services.alerts(principalOf(request).org);
        await policies.remove(kind, request.params.id);
        await audit(services, request, `${kind}.delete`, request.params.id);
        return reply.code(204).send(null);
      },
    );
  }
};
