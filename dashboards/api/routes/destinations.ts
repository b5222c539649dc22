import { z } from 'zod';
import { actorOf, audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';

const destinationSchema = z.looseObject({ id: z.string(), kind: z.string(), name: z.string(), created_at: z.string() });

/** Where alerts go. Each kind checks its own settings; secrets are taken and never shown. */
export const destinationRoutes: Routes = (app, services) => {
  const config = { permission: 'destinations:manage' } as const;

  app.get(
    '/api/v1/destinations',
    { config, schema: { response: { 200: pageOf(destinationSchema) } } },
    async (request) => {
      const { destinations } = await services.alerts(principalOf(request).org);
      return { items: await destinations.list(), next_cursor: null };
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

  app.delete(
    '/api/v1/destinations/:id',
    { config, schema: { params: z.object({ id: z.string().max(100) }), response: { 204: z.null() } } },
    async (request, reply) => {
      const { destinations } = await services.alerts(principalOf(request).org);
      await destinations.remove(request.params.id);
      await audit(services, request, 'destination.delete', request.params.id);
      return reply.code(204).send(null);
    },
  );
};
