import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { listExceptions, saveException } from '../../../engine/clickhouse/tables/exceptions.ts';
import { countExceptionHits } from '../../../engine/clickhouse/tables/suppressed-findings.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { exceptionInputSchema, matcherSchema } from '../../../engine/core/exception.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { actorOf, audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';

const exceptionSchema = z.object({
  id: z.string(),
  rule_id: z.string().describe('Empty: every rule'),
  matchers: z.array(matcherSchema).describe('All of them must hold'),
  owner: z.string(),
  reason: z.string(),
  created_at: z.string(),
  created_by: z.string(),
  expires_at: z.string(),
  expired: z.boolean(),
  hits: z.number().describe('Findings that it suppressed; they stand in suppressed_findings'),
  last_hit_at: z.string().nullable(),
});

/** Findings that are known and accepted: who owns the decision, why, until when, and what it hid so far. */
export const exceptionRoutes: Routes = (app, services) => {
  const { store, clock, rules } = services;

  app.get(
    '/api/v1/exceptions',
    { config: { permission: 'rules:read' }, schema: { response: { 200: pageOf(exceptionSchema) } } },
    async (request) => {
      const database = orgDatabase(principalOf(request).org);
      const [exceptions, hits] = await Promise.all([
        listExceptions(store, database),
        countExceptionHits(store, database),
      ]);
      const items = exceptions.map((exception) => {
        const hit = hits.get(exception.id);
        return {
          ...exception,
          matchers: [...exception.matchers],
          expired: Date.parse(exception.expires_at) <= clock(),
          hits: hit?.hits ?? 0,
          last_hit_at: hit?.lastHitAt ?? null,
        };
      });
      return { items, next_cursor: null };
    },
  );

  app.post(
    '/api/v1/exceptions',
    {
      config: { permission: 'exceptions:manage' },
      schema: { body: exceptionInputSchema, response: { 201: exceptionSchema } },
    },
    async (request, reply) => {
      const { rule_id, expires_at } = request.body;
      if (rule_id !== '' && !(await rules(principalOf(request).org)).some((rule) => rule.id === rule_id)) {
        throw new CodedError('BAD_REQUEST', 'There is no such rule', { extra: { field: 'rule_id' } });
      }
      if (Date.parse(expires_at) <= clock()) {
        throw new CodedError('BAD_REQUEST', 'expires_at must lie ahead', { extra: { field: 'expires_at' } });
      }
      const exception = {
        id: randomUUID(),
        ...request.body,
        expires_at: new Date(expires_at).toISOString(),
        created_at: new Date(clock()).toISOString(),
        created_by: actorOf(request),
      };
      const database = orgDatabase(principalOf(request).org);
      await saveException(store, database, exception, { deleted: false, now: clock() });
      await audit(
        services,
        request,
        'exception.create',
        exception.id,
        `${rule_id || 'every rule'}: ${exception.reason}`,
      );
      return reply.code(201).send({ ...exception, expired: false, hits: 0, last_hit_at: null });
    },
  );

  app.delete(
    '/api/v1/exceptions/:id',
    {
      config: { permission: 'exceptions:manage' },
      schema: { params: z.object({ id: z.string().max(100) }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const database = orgDatabase(principalOf(request).org);
      const exception = (await listExceptions(store, database)).find(({ id }) => id === request.params.id);
      if (!exception) throw new CodedError('NOT_FOUND', 'There is no such exception');
      await saveException(store, database, exception, { deleted: true, now: clock() });
      await audit(services, request, 'exception.delete', exception.id);
      return reply.code(204).send(null);
    },
  );
};
