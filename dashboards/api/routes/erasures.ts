import { z } from 'zod';
import { listOrgs } from '../../../engine/clickhouse/tables/orgs.ts';
import { ERASURE_DUE_MS, ERASURE_KINDS, type Erasure } from '../../../engine/core/erasure.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import type { Principal } from '../../auth/principal.ts';
import { actorOf, audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { isOperator } from '../operator.ts';
import { cursorParameter, limitParameter, pageOf, readCursor, toPage } from '../page.ts';
import type { Routes } from '../route-group.ts';

const erasureSchema = z.object({
  id: z.string(),
  org: z.string(),
  kind: z.enum(ERASURE_KINDS),
  state: z.enum(['waiting', 'running', 'done']),
  requested_at: z.string(),
  requested_by: z.string(),
  due_at: z.string(),
  finished_at: z.string().nullable(),
  spans: z.number(),
  other_rows: z.number(),
  archived_rows: z.number(),
  error: z.string(),
});

/** The asker's own when left out. */
const org = z.string().max(40).optional();

const bodySchema = z
  .strictObject({ kind: z.enum(ERASURE_KINDS), id: z.string().trim().min(1).max(1_000), org })
  .refine(({ kind, id }) => kind !== 'trace' || /^[0-9a-f]{32}$/i.test(id), {
    path: ['id'],
    message: 'a trace id is 32 hex digits',
  });

/** Erasing an org, a user, a session or a trace before its time. What is asked for is never shown again. */
export const erasureRoutes: Routes = (app, services) => {
  const { store, erasures, redaction } = services;
  const config = { permission: 'orgs:manage' } as const;

  /** Other orgs are erased by the operator as wholes only: what is in them is not theirs to know. */
  async function orgOf(principal: Principal, slug: string): Promise<string> {
    if (slug !== principal.org && !isOperator(principal))
      throw new CodedError('FORBIDDEN', 'Only an admin of the org default looks after other orgs');
    return slug;
  }

  /** A user that redaction knows by a token is stored under it. */
  async function storedForm(slug: string, kind: Erasure['kind'], id: string): Promise<string> {
    if (kind === 'trace') return id.toLowerCase();
    return kind === 'user' ? createRedactor(await redaction.of(slug)).redactText(id).text : id;
  }

  app.get(
    '/api/v1/erasures',
    {
      config,
      schema: {
        querystring: z.strictObject({ org, cursor: cursorParameter, limit: limitParameter }),
        response: { 200: pageOf(erasureSchema) },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const { limit, cursor } = request.query;
      const [at, id] = readCursor(cursor, 2) ?? [];
      const before = at === undefined || id === undefined ? undefined : { requestedAt: Number(at), id };
      if (before !== undefined && !Number.isSafeInteger(before.requestedAt))
        throw new CodedError('BAD_REQUEST', 'The cursor is not one of this list', { extra: { field: 'cursor' } });
      const slug = await orgOf(principal, request.query.org ?? principal.org);
      const found = await erasures.list({ org: slug, before, limit: limit + 1 });
      const page = toPage(found, limit, (erasure) => [String(erasure.requestedAt), erasure.id]);
      return { ...page, items: page.items.map(shown) };
    },
  );

  app.get(
    '/api/v1/erasures/:id',
    {
      config,
      schema: {
        params: z.object({ id: z.uuid() }),
        querystring: z.strictObject({ org }),
        response: { 200: erasureSchema },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const slug = await orgOf(principal, request.query.org ?? principal.org);
      const [found] = await erasures.list({ org: slug, id: request.params.id, limit: 1 });
      if (!found) throw new CodedError('NOT_FOUND', 'There is no such erasure');
      return shown(found);
    },
  );

  app.post(
    '/api/v1/erasures',
    { config, schema: { body: bodySchema, response: { 202: erasureSchema } } },
    async (request, reply) => {
      const principal = principalOf(request);
      const { kind, id } = request.body;
      const slug = await orgOf(principal, request.body.org ?? (kind === 'org' ? id : principal.org));
      if (kind !== 'org' && slug !== principal.org)
        throw new CodedError('FORBIDDEN', 'Another org can only be erased as a whole');
      if (kind === 'org' && id !== slug)
        throw new CodedError('BAD_REQUEST', 'To erase an org, its slug has to be given as id', {
          extra: { field: 'id' },
        });
      if (!(await listOrgs(store)).some((known) => known.slug === slug))
        throw new CodedError('NOT_FOUND', 'There is no such org');
      const erasure = await erasures.request(slug, kind, await storedForm(slug, kind, id), actorOf(request));
      await audit(services, request, 'erasure.request', erasure.id, kind === 'org' ? `org ${slug}` : kind);
      return reply.code(202).send(shown(erasure));
    },
  );
};

function shown(erasure: Erasure): z.output<typeof erasureSchema> {
  const { id, org, kind, state, requestedAt, finishedAt, spans, error } = erasure;
  return {
    id,
    org,
    kind,
    state,
    requested_at: new Date(requestedAt).toISOString(),
    requested_by: erasure.requestedBy,
    due_at: new Date(requestedAt + ERASURE_DUE_MS).toISOString(),
    finished_at: finishedAt === 0 ? null : new Date(finishedAt).toISOString(),
    spans,
    other_rows: erasure.otherRows,
    archived_rows: erasure.archivedRows,
    error,
  };
}
