import { z } from 'zod';
import { deliveryFilterSchema } from '../../../engine/alerts/delivery-book.ts';
import { actorOf, audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';

const destinationSchema = z.looseObject({ id: z.string(), kind: z.string(), name: z.string(), created_at: z.string() });
const deliverySchema = z.looseObject({ delivery_id: z.string(), destination_id: z.string(), state: z.string() });
const testSchema = z.object({ delivered: z.boolean(), status: z.number(), error: z.string() });

const byId = z.object({ id: z.string().max(100) });

/** Where alerts go. Each kind checks its own settings; secrets are taken and never shown. */
export const destinationRoutes: Routes = (app, services) => {
  const config = { permission: 'destinations:manage' } as const;

  app.get(
    '/api/v1/destinations',
    { config, schema: { response: { 200: pageOf(destinationSchema) } } },
    async (request) => {
      const { destinations, deliveries } = await services.alerts(principalOf(request).org);
      const items = await destinations.list();
      const health = await deliveries.health(items.map(({ id }) => id));
      return { items: items.map((item) => ({ ...item, health: health.get(item.id) })), next_cursor: null };
    },
  );

  app.post(
    '/api/v1/destinations',
    {
      config,
      schema: { body: z.looseObject({ kind: z.string(), name: z.string() }), response: { 201: destinationSchema } },
    },
    async (request, reply) => {
      const { destinations } = await services.alerts(principalOf(request).org);
      const created = await destinations.create(request.body, actorOf(request));
      await audit(services, request, 'destination.create', created.id, `${created.kind} ${created.name}`);
      return reply.code(201).send(created);
    },
  );

  app.post(
    '/api/v1/destinations/:id/test',
    { config, schema: { params: byId, response: { 200: testSchema } } },
    async (request) => {
      const { destinations } = await services.alerts(principalOf(request).org);
      const { status, error } = await destinations.test(request.params.id);
      await audit(services, request, 'destination.test', request.params.id);
      return { delivered: error === '', status, error };
    },
  );

  app.delete(
    '/api/v1/destinations/:id',
    { config, schema: { params: byId, response: { 204: z.null() } } },
    async (request, reply) => {
      const { destinations } = await services.alerts(principalOf(request).org);
      await destinations.remove(request.params.id);
      await audit(services, request, 'destination.delete', request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/v1/deliveries',
    { config, schema: { querystring: deliveryFilterSchema, response: { 200: pageOf(deliverySchema) } } },
    async (request) => {
      const { deliveries } = await services.alerts(principalOf(request).org);
      return { items: (await deliveries.list(request.query)).map((item) => ({ ...item })), next_cursor: null };
    },
  );

  app.post(
    '/api/v1/deliveries/:id/replay',
    { config, schema: { params: byId, response: { 200: deliverySchema } } },
    async (request) => {
      const { deliveries } = await services.alerts(principalOf(request).org);
      const replayed = await deliveries.replay(request.params.id);
      await audit(services, request, 'delivery.replay', request.params.id);
      return { ...replayed };
    },
  );
};
