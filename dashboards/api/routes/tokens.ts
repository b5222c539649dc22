import { z } from 'zod';
import { listOrgs } from '../../../engine/clickhouse/tables/orgs.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { ROLES } from '../../auth/permissions.ts';
import { issueToken, revokeToken, shownTokens } from '../../auth/token-book.ts';
import { audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { isOperator, reachOf } from '../operator.ts';
import { pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';

const tokenSchema = z.object({
  id: z.string(),
  org: z.string(),
  role: z.string(),
  name: z.string(),
  created_at: z.string(),
  expires_at: z.string().nullable(),
});

const DAY_MS = 86_400_000;
/** How long a token holds when nobody says; those of senders stay, as nothing may fall silent by itself. */
const USUAL_DAYS = 365;
const MOST_DAYS = 3_650;

const bodySchema = z.strictObject({
  /** The asker's own when left out. */
  org: z.string().max(40).optional(),
  role: z.enum(ROLES),
  name: z.string().trim().min(1).max(200),
  /** A year when left out, for ever for a sender's; null for ever. */
  expires_in_days: z.number().int().min(1).max(MOST_DAYS).nullish(),
});

export const tokenRoutes: Routes = (app, services) => {
  const { store, clock, authenticator } = services;
  const config = { permission: 'tokens:manage' } as const;

  app.get(
    '/api/v1/tokens',
    { config, schema: { response: { 200: pageOf(tokenSchema.extend({ last_used_at: z.string().nullable() })) } } },
    async (request) => ({
      items: await shownTokens(store, reachOf(principalOf(request))),
      next_cursor: null,
    }),
  );

  app.post(
    '/api/v1/tokens',
    { config, schema: { body: bodySchema, response: { 201: tokenSchema.extend({ token: z.string() }) } } },
    async (request, reply) => {
      const principal = principalOf(request);
      const { org = principal.org, role, name } = request.body;
      const { expires_in_days: days = role === 'ingest' || role === 'gateway' ? null : USUAL_DAYS } = request.body;
      const expires = days === null ? undefined : clock() + days * DAY_MS;
      if (org !== principal.org && !isOperator(principal)) {
        throw new CodedError('FORBIDDEN', 'Only an admin of the org default makes tokens for other orgs');
      }
      if (!(await listOrgs(store)).some(({ slug }) => slug === org))
        throw new CodedError('NOT_FOUND', 'There is no such org');
      const issued = await issueToken(store, clock, { org, role, name, expires });
      await audit(services, request, 'token.create', issued.id, `${role} of ${org}: ${name}`);
      return reply.code(201).send(issued);
    },
  );

  app.delete(
    '/api/v1/tokens/:id',
    { config, schema: { params: z.object({ id: z.string().max(100) }), response: { 204: z.null() } } },
    async (request, reply) => {
      const revoked = await revokeToken(store, clock, request.params.id, reachOf(principalOf(request)));
      authenticator.forget(revoked.id);
      await audit(services, request, 'token.revoke', revoked.id, `${revoked.role} of ${revoked.org}: ${revoked.name}`);
      return reply.code(204).send(null);
    },
  );
};
