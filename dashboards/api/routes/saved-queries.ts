import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { listSavedQueries, type SavedQuery, saveQuery } from '../../../engine/clickhouse/tables/saved-queries.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { actorOf } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';

const bodySchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(2_000).default(''),
  query: z.string().min(1).max(100_000),
  params: z
    .record(z.string().regex(/^\w{1,100}$/), z.string().max(2_000))
    .default({})
    .describe('What stands in the inputs of its parameters at first'),
  shared: z.boolean().default(false).describe('Everybody in the org who may query sees it'),
});

const savedSchema = bodySchema.extend({
  id: z.string(),
  author: z.string(),
  own: z.boolean().describe('The asker may change it'),
  created_at: z.string(),
  updated_at: z.string(),
});

const byId = z.object({ id: z.string().max(100) });
/** More would make the list useless, and the store a place for files. */
const MOST_QUERIES = 1_000;

/** Queries that analysts keep for themselves or share in their org. What runs passes the guard like every other. */
export const savedQueryRoutes: Routes = (app, { store, clock }) => {
  const config = { permission: 'sql:run' } as const;
  const now = () => new Date(clock()).toISOString();
  const shown = ({ author_id, ...query }: SavedQuery, asker: string) => ({ ...query, own: author_id === asker });

  async function ownQuery(org: string, asker: string, id: string): Promise<SavedQuery> {
    const query = (await listSavedQueries(store, orgDatabase(org), asker)).find((one) => one.id === id);
    if (query === undefined) throw new CodedError('NOT_FOUND', 'There is no such query');
    if (query.author_id !== asker) throw new CodedError('FORBIDDEN', 'Only its author changes a query; save a copy');
    return query;
  }

  app.get('/api/v1/saved-queries', { config, schema: { response: { 200: pageOf(savedSchema) } } }, async (request) => {
    const { org, tokenId } = principalOf(request);
    const queries = await listSavedQueries(store, orgDatabase(org), tokenId);
    return { items: queries.map((query) => shown(query, tokenId)), next_cursor: null };
  });

  app.post(
    '/api/v1/saved-queries',
    { config, schema: { body: bodySchema, response: { 201: savedSchema } } },
    async (request, reply) => {
      const { org, tokenId } = principalOf(request);
      if ((await listSavedQueries(store, orgDatabase(org), tokenId)).length >= MOST_QUERIES)
        throw new CodedError('CONFLICT', `There are ${MOST_QUERIES} queries, which is the most; delete some first`);
      const at = now();
      const author = { author: actorOf(request), author_id: tokenId };
      const query = { id: randomUUID(), ...request.body, ...author, created_at: at, updated_at: at };
      await saveQuery(store, orgDatabase(org), query, false);
      return reply.code(201).send(shown(query, tokenId));
    },
  );

  app.post(
    '/api/v1/saved-queries/:id',
    { config, schema: { params: byId, body: bodySchema, response: { 200: savedSchema } } },
    async (request) => {
      const { org, tokenId } = principalOf(request);
      const before = await ownQuery(org, tokenId, request.params.id);
      const query = { ...before, ...request.body, updated_at: now() };
      await saveQuery(store, orgDatabase(org), query, false);
      return shown(query, tokenId);
    },
  );

  app.delete(
    '/api/v1/saved-queries/:id',
    { config, schema: { params: byId, response: { 204: z.null() } } },
    async (request, reply) => {
      const { org, tokenId } = principalOf(request);
      const before = await ownQuery(org, tokenId, request.params.id);
      await saveQuery(store, orgDatabase(org), { ...before, updated_at: now() }, true);
      return reply.code(204).send(null);
    },
  );
};
