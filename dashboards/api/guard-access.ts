import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError } from '../../engine/core/errors.ts';
import { type Authenticator, type Principal, requirePermission } from '../auth/authenticator.ts';
import type { Permission } from '../auth/permissions.ts';
import { readSessionCookie, requireOwnPage } from '../auth/session-cookie.ts';
import type { WebSessions } from '../auth/web-sessions.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a token's role must have. A route names this, is `signedIn` or `open`; the app refuses to start otherwise. */
    permission?: Permission;
    /** For whoever has a valid token, whatever the role. */
    signedIn?: boolean;
    open?: boolean;
  }
  interface FastifyRequest {
    /** Who asks; undefined on open routes. */
    principal?: Principal;
  }
}

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Headers on every answer, the Host check, and the token or session cookie of every route that is not open. */
export function guardAccess(
  app: FastifyInstance,
  { authenticator, sessions }: { authenticator: Authenticator; sessions: WebSessions },
  hosts: readonly string[] | undefined,
): void {
  app.decorateRequest('principal');
  app.addHook('onRoute', ({ config, method, url }) => {
    if (config?.permission === undefined && config?.signedIn !== true && config?.open !== true) {
      throw new Error(`${String(method)} ${url} names no permission and is not open`);
    }
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...HEADERS, 'x-request-id': request.id });
    checkHost(request, hosts);
    const { permission, signedIn } = request.routeOptions.config;
    if (permission === undefined && signedIn !== true) return;
    request.principal = await authenticator.authenticate(authorizationOf(request, sessions));
    if (permission !== undefined) requirePermission(request.principal, permission);
  });
}

/** The Authorization header; that of the session when there is none but a cookie. */
function authorizationOf({ headers, method }: FastifyRequest, sessions: WebSessions): string | undefined {
  if (headers.authorization !== undefined) return headers.authorization;
  const secret = readSessionCookie(headers.cookie);
  const authorization = secret === undefined ? undefined : sessions.authorizationOf(secret);
  if (authorization !== undefined) requireOwnPage(method, headers);
  return authorization;
}

/** Who asks, on a route that is not open. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new CodedError('UNAUTHENTICATED', 'A token is required');
  return request.principal;
}

/** A web page that makes its own name point at this machine still sends that name. */
function checkHost(request: FastifyRequest, hosts: readonly string[] | undefined): void {
  if (hosts === undefined) return;
  const name = (request.headers.host ?? '').replace(/:\d{1,5}$/, '').toLowerCase();
  if (!hosts.includes(name)) throw new CodedError('FORBIDDEN', 'The Host header is not a name of this server');
}
