import { z } from 'zod';
import { insertAuditEntry } from '../../../engine/clickhouse/tables/audit-log.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { DEFAULT_ORG } from '../../../engine/core/org.ts';
import { PERMISSIONS } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import { readSessionCookie, requireOwnPage, sessionCookie } from '../../auth/session-cookie.ts';
import { audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { isOperator } from '../operator.ts';
import type { Routes } from '../route-group.ts';

const signedInSchema = z.object({
  name: z.string(),
  org: z.string(),
  role: z.string(),
  permissions: z.array(z.string()),
  operator: z.boolean().describe('May administer the other orgs'),
  account: z.boolean().describe('Signed in as a person, who may have a password to change'),
  version: z.string(),
});

const password = z.string().min(1).max(200);
const bodySchema = z.union([
  z.strictObject({ token: z.string().min(1).max(100) }),
  z.strictObject({
    email: z.string().min(3).max(254),
    password,
    org: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,39}$/)
      .default(DEFAULT_ORG),
  }),
]);

/** Signing a browser in and out. A password or a token goes in once and comes back as a cookie that no script can read. */
export const signInRoutes: Routes = (app, services, { secureCookies = false }) => {
  const { accounts, authenticator, clock, sessions, singleSignOn, store, version } = services;
  const shown = (principal: Principal) => ({
    name: principal.name,
    org: principal.org,
    role: principal.role,
    permissions: [...PERMISSIONS[principal.role]],
    operator: isOperator(principal),
    account: principal.kind === 'user',
    version,
  });

  app.get(
    '/api/v1/session',
    { config: { signedIn: true }, schema: { response: { 200: signedInSchema } } },
    async (request) => shown(principalOf(request)),
  );

  app.get(
    '/api/v1/session/ways',
    {
      config: { open: true },
      schema: { response: { 200: z.object({ single_sign_on: z.string().nullable().describe('Its name') }) } },
    },
    () => ({ single_sign_on: singleSignOn?.name ?? null }),
  );

  app.post(
    '/api/v1/session',
    { config: { open: true }, schema: { body: bodySchema, response: { 201: signedInSchema } } },
    async (request, reply) => {
      requireOwnPage(request.method, request.headers);
      const { body, ip } = request;
      if ('token' in body) {
        const authorization = `Bearer ${body.token}`;
        const principal = await accounts.guardTry(ip, () => authenticator.authenticate(authorization));
        reply.header('set-cookie', sessionCookie(sessions.begin({ authorization }), secureCookies));
        return reply.code(201).send(shown(principal));
      }
      const user = await accounts.signIn(body, ip);
      const holder = { userId: user.id, stamp: user.stamp };
      const principal = await accounts.principalOf(holder);
      const entry = { org: user.org, actor: `${user.email} (${user.id.slice(0, 8)})`, action: 'session.begin' };
      await insertAuditEntry(store, { ...entry, subject: user.id, detail: 'password', address: ip }, clock());
      reply.header('set-cookie', sessionCookie(sessions.begin(holder), secureCookies));
      return reply.code(201).send(shown(principal));
    },
  );

  app.post(
    '/api/v1/session/password',
    {
      config: { signedIn: true },
      schema: {
        body: z.strictObject({ password, new_password: z.string().max(200) }),
        response: { 200: signedInSchema },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      if (principal.kind !== 'user') throw new CodedError('FORBIDDEN', 'A token has no password');
      const { password, new_password } = request.body;
      const user = await accounts.signIn({ org: principal.org, email: principal.name, password }, request.ip);
      const changed = await accounts.change(user, { password: new_password });
      await audit(services, request, 'user.password', user.id);
      // The change ended every session of the user's, this one included.
      const holder = { userId: changed.id, stamp: changed.stamp };
      reply.header('set-cookie', sessionCookie(sessions.begin(holder), secureCookies));
      return shown(principal);
    },
  );

  app.delete(
    '/api/v1/session',
    { config: { open: true }, schema: { response: { 204: z.null() } } },
    async (request, reply) => {
      requireOwnPage(request.method, request.headers);
      const secret = readSessionCookie(request.headers.cookie, secureCookies);
      if (secret !== undefined) sessions.end(secret);
      return reply.code(204).header('set-cookie', sessionCookie('', secureCookies)).send(null);
    },
  );
};
