import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  type ContentGrant,
  insertContentGrant,
  listContentGrants,
} from '../../../engine/clickhouse/tables/content-grants.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { may } from '../../auth/permissions.ts';
import { actorOf, audit } from '../audit.ts';
import { createContentAccess } from '../content-access.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import { authorsOf, type StoredIdentity } from '../queries/authors.ts';
import type { Routes } from '../route-group.ts';

/** Minutes that broken glass stays broken. */
const MINUTES = { least: 5, most: 240, usual: 60 } as const;

/** A breaking of the glass as its authors and auditors see it. */
export const openingSchema = z.object({
  id: z.string(),
  by: z.string(),
  reason: z.string(),
  scope: z.enum(['session', 'trace', 'sql']),
  subject: z.string(),
  granted_at: z.string(),
  expires_at: z.string(),
});

const bodySchema = z
  .strictObject({
    session_id: z.string().min(1).max(300).optional(),
    trace_id: z
      .string()
      .regex(/^[0-9a-f]{32}$/, '32 hexadecimal digits')
      .optional(),
    sql: z.literal(true).optional().describe("The whole org's content, in SQL"),
    reason: z.string().trim().min(10, 'say why, in ten characters at least').max(1_000),
    minutes: z.number().int().min(MINUTES.least).max(MINUTES.most).default(MINUTES.usual),
  })
  .refine(
    ({ session_id, trace_id, sql }) => [session_id, trace_id, sql].filter((one) => one !== undefined).length === 1,
    {
      message: 'name one of session_id, trace_id and sql',
    },
  );

/** Reading what was said in somebody else's session: with a reason, for a while, on record, and for its author to see. */
export const breakGlassRoutes: Routes = (app, services) => {
  const { store, clock } = services;
  const content = createContentAccess(services);

  app.post(
    '/api/v1/break-glass',
    { config: { permission: 'content:open' }, schema: { body: bodySchema, response: { 201: openingSchema } } },
    async (request, reply) => {
      const { org, id: holder } = principalOf(request);
      const { session_id, trace_id, reason, minutes } = request.body;
      const [scope, subject] =
        session_id !== undefined
          ? (['session', session_id] as const)
          : trace_id !== undefined
            ? (['trace', trace_id] as const)
            : (['sql', ''] as const);
      let authors: readonly StoredIdentity[] = [];
      if (scope !== 'sql') {
        const found = await authorsOf(
          store,
          orgDatabase(org),
          scope === 'session' ? { session: subject } : { trace: subject },
        );
        if (!found) throw new CodedError('NOT_FOUND', `There is no such ${scope}`);
        authors = found;
      }
      const now = clock();
      const grant: ContentGrant = {
        id: randomUUID(),
        org,
        holder,
        holder_name: actorOf(request),
        scope,
        subject,
        reason,
        author_ids: authors.map(({ text }) => text),
        author_prints: authors.map(({ print }) => print),
        granted_at: new Date(now).toISOString(),
        expires_at: new Date(now + minutes * 60_000).toISOString(),
      };
      // On record first: what cannot be recorded is not opened.
      await audit(services, request, 'content.break-glass', `${scope} ${subject}`.trim(), `${minutes} min: ${reason}`);
      await insertContentGrant(store, grant);
      return reply.code(201).send(openingOf(grant));
    },
  );

  app.get(
    '/api/v1/break-glass',
    { config: { permission: 'traces:own' }, schema: { response: { 200: pageOf(openingSchema) } } },
    async (request) => {
      const principal = principalOf(request);
      const grants = may(principal.role, 'audit:read')
        ? await listContentGrants(store, principal.org)
        : await content.grantsOnOwn(principal);
      return { items: grants.map(openingOf), next_cursor: null };
    },
  );
};

export function openingOf(grant: ContentGrant): z.infer<typeof openingSchema> {
  const { id, holder_name: by, reason, scope, subject, granted_at, expires_at } = grant;
  return { id, by, reason, scope, subject, granted_at, expires_at };
}
