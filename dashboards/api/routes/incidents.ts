import { z } from 'zod';
import { incidentFilterSchema } from '../../../engine/alerts/incidents.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';

const incidentSchema = z.looseObject({ id: z.string(), status: z.string(), severity: z.string(), title: z.string() });

/** The alerts of one session as one matter, with all that happened to them. */
export const incidentRoutes: Routes = (app, { alerts }) => {
  const config = { permission: 'alerts:read' } as const;

  app.get(
    '/api/v1/incidents',
    { config, schema: { querystring: incidentFilterSchema, response: { 200: pageOf(incidentSchema) } } },
    async (request) => {
      const { items, next_cursor } = await (await alerts(principalOf(request).org)).incidents.list(request.query);
      return { items: items.map((incident) => ({ ...incident })), next_cursor };
    },
  );

  app.get(
    '/api/v1/incidents/:session_id',
    { config, schema: { params: z.object({ session_id: z.string().max(600) }), response: { 200: incidentSchema } } },
    async (request) => ({
      ...(await (await alerts(principalOf(request).org)).incidents.get(request.params.session_id)),
    }),
  );
};
