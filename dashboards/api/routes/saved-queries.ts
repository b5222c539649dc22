import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  listSavedQueries,
  type SavedQuery,
  savedParameterSchema,
  saveQuery,
} from '../../../engine/clickhouse/tables/saved-queries.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { may } from '../../auth/permissions.ts';
import { actorOf, audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import { readQueryLibrary } from '../queries/query-library.ts';
import type { Routes } from '../route-group.ts';

const LIBRARY_FOLDER = new URL('../../../sql/queries', import.meta.url).pathname;
/** Of one author, shared ones of others aside: a bound, not a quota. */
const MOST_OWN = 500;

const bodySchema = z.strictObject({
  title: z.string().trim().min(1).max(200),
  description: z.string().max(2_000).default(''),
  query: z.string().trim().min(1).max(100_000),
  params: z.array(savedParameterSchema.strict()).max(50).default([]),
  shared: z.boolean().default(false),
});

const savedQuerySchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  query: z.string(),
  params: z.array(savedParameterSchema),
  shared: z.boolean(),
  built_in: z.boolean().describe('Comes with the product; cannot be changed'),
  own: z.boolean().describe('Whoever asks may change it'),
  author: z.string(),
  created_at: z.string().nullable(),
  updated_at: z.string().nullable(),
});

const byId = z.object({ id: z.string().min(1).max(100) });

/** Queries that come with the product, that colleagues share, and one's own. They run under the rights of whoever runs them. */
export const savedQueryRoutes: Routes = (app, services) => {
  const { store, clock } = services;
  const library = readQueryLibrary(LIBRARY_FOLDER);
  const config = { permission: 'sql:run' } as const;

  app.get(
    '/api/v1/saved-queries',
    { config, schema: { response: { 200: pageOf(savedQuerySchema) } } },
    async (request) => {
      const saved = await visibleTo(request);
      const builtIn = library.map((query) => ({
        ...query,
        params: [...query.params],
        shared: true,
        built_in: true,
        own: false,
        author: 'Spanwarden',
        created_at: null,
        updated_at: null,
      }));
      return { items: [...saved.map((query) => shown(query, request)), ...builtIn], next_cursor: null };
    },
  );

  app.post(
    '/api/v1/saved-queries',
    { config, schema: { body: bodySchema, response: { 201: savedQuerySchema } } },
    async (request, reply) => {
      const own = (await visibleTo(request)).filter((query) => query.author_id === authorId(request));
      if (own.length >= MOST_OWN) throw new CodedError('CONFLICT', `At most ${MOST_OWN} saved queries; delete some`);
      const now = new Date(clock()).toISOString();
      const query: SavedQuery = {
        id: randomUUID(),
        ...request.body,
        author_id: authorId(request),
        author: actorOf(request),
        created_at: now,
        updated_at: now,
      };
      await saveQuery(store, databaseOf(request), query);
      await audit(services, request, 'saved-query.create', query.id, query.title);
      return reply.code(201).send(shown(query, request));
    },
  );

  app.post(
    '/api/v1/saved-queries/:id',
    { config, schema: { params: byId, body: bodySchema, response: { 200: savedQuerySchema } } },
    async (request) => {
      const before = await changeable(request, request.params.id);
      const query = { ...before, ...request.body, updated_at: new Date(clock()).toISOString() };
      await saveQuery(store, databaseOf(request), query);
      await audit(services, request, 'saved-query.update', query.id, query.title);
      return shown(query, request);
    },
  );

  app.delete(
    '/api/v1/saved-queries/:id',
    { config, schema: { params: byId, response: { 204: z.null() } } },
    async (request, reply) => {
      const query = await changeable(request, request.params.id);
      await saveQuery(store, databaseOf(request), { ...query, updated_at: new Date(clock()).toISOString() }, true);
      await audit(services, request, 'saved-query.delete', query.id, query.title);
      return reply.code(204).send(null);
    },
  );

  function visibleTo(request: FastifyRequest): Promise<SavedQuery[]> {
    return listSavedQueries(store, databaseOf(request), authorId(request));
  }

  /** One that whoever asks may change. Of others' private ones not even the existence is told. */
  async function changeable(request: FastifyRequest, id: string): Promise<SavedQuery> {
    const query = (await visibleTo(request)).find((saved) => saved.id === id);
    if (!query) throw new CodedError('NOT_FOUND', 'There is no such saved query');
    if (!mayChange(query, request)) throw new CodedError('FORBIDDEN', 'Only its author and admins may change it');
    return query;
  }
};

function shown(saved: SavedQuery, request: FastifyRequest): z.output<typeof savedQuerySchema> {
  const { author_id: _, ...query } = saved;
  return { ...query, built_in: false, own: mayChange(saved, request) };
}

function mayChange(query: SavedQuery, request: FastifyRequest): boolean {
  return query.author_id === authorId(request) || may(principalOf(request).role, 'tokens:manage');
}

function authorId(request: FastifyRequest): string {
  return principalOf(request).id;
}

function databaseOf(request: FastifyRequest): string {
  return orgDatabase(principalOf(request).org);
}
