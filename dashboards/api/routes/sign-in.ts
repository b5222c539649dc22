import { z } from 'zod';
import type { Principal } from '../../auth/authenticator.ts';
import { PERMISSIONS } from '../../auth/permissions.ts';
import { readSessionCookie, requireOwnPage, sessionCookie } from '../../auth/session-cookie.ts';
import { principalOf } from '../guard-access.ts';
import { isOperator } from '../operator.ts';
import type { Routes } from '../route-group.ts';

const signedInSchema = z.object({
  name: z.string(),
  org: z.string(),
  role: z.string(),
  permissions: z.array(z.string()),
  operator: z.boolean().describe('May administer the other orgs'),
  version: z.string(),
});

/** Signing a browser in and out. A token goes in once and comes back as a cookie that no script can read. */
export const signInRoutes: Routes = (app, { authenticator, sessions, version }, { secureCookies = false }) => {
  const shown = (principal: Principal) => ({
    name: principal.name,
    org: principal.org,
    role: principal.role,
    permissions: [...PERMISSIONS[principal.role]],
    operator: isOperator(principal),
    version,
  });

  app.get(
    '/api/v1/session',
    { config: { signedIn: true }, schema: { response: { 200: signedInSchema } } },
    async (request) => shown(principalOf(request)),
  );

  app.post(
    '/api/v1/session',
    {
      config: { open: true },
      schema: { body: z.strictObject({ token: z.string().min(1).max(100) }), response: { 201: signedInSchema } },
    },
    async (request, reply) => {
      requireOwnPage(request.method, request.headers);
      const authorization = `Bearer ${request.body.token}`;
      const principal = await authenticator.authenticate(authorization);
      reply.header('set-cookie', sessionCookie(sessions.begin(authorization), secureCookies));
      return reply.code(201).send(shown(principal));
    },
  );

  app.delete(
    '/api/v1/session',
    { config: { open: true }, schema: { response: { 204: z.null() } } },
    async (request, reply) => {
      requireOwnPage(request.method, request.headers);
      const secret = readSessionCookie(request.headers.cookie);
      if (secret !== undefined) sessions.end(secret);
      return reply.code(204).header('set-cookie', sessionCookie('', secureCookies)).send(null);
    },
  );
};
