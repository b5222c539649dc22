import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { insertDeployment, listDeployments } from '../../../engine/clickhouse/tables/deployments.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { timeSchema } from '../../../engine/core/time-schema.ts';
import { actorOf, audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { limitParameter, pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';

const deploymentSchema = z.object({
  id: z.string(),
  agent_id: z.string(),
  version: z.string(),
  deployed_at: z.string(),
  recorded_by: z.string(),
  note: z.string(),
});

const bodySchema = z.strictObject({
  agent_id: z.string().min(1).max(500),
  version: z.string().max(200),
  deployed_at: timeSchema.optional(),
  note: z.string().max(2_000).default(''),
});

/** Deployments that people and pipelines record, so that a prompt that changes with one is no drift. */
export const deploymentRoutes: Routes = (app, services) => {
  const { store, clock } = services;

  app.post(
    '/api/v1/deployments',
    { config: { permission: 'deployments:record' }, schema: { body: bodySchema, response: { 201: deploymentSchema } } },
    async (request, reply) => {
      const { deployed_at, ...rest } = request.body;
      const at = new Date(deployed_at === undefined ? clock() : Date.parse(deployed_at)).toISOString();
      const deployment = { id: randomUUID(), ...rest, deployed_at: at, recorded_by: actorOf(request) };
      await insertDeployment(store, orgDatabase(principalOf(request).org), deployment);
      await audit(services, request, 'deployment.record', rest.agent_id, rest.version);
      return reply.code(201).send(deployment);
    },
  );

  app.get(
    '/api/v1/deployments',
    {
      config: { permission: 'traces:read' },
      schema: {
        querystring: z.strictObject({ agent_id: z.string().max(500).optional(), limit: limitParameter }),
        response: { 200: pageOf(deploymentSchema) },
      },
    },
    async (request) => {
      const { agent_id, limit } = request.query;
      const items = await listDeployments(store, orgDatabase(principalOf(request).org), agent_id, limit);
      return { items, next_cursor: null };
    },
  );
};
