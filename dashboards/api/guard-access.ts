import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError } from '../../engine/core/errors.ts';
import type { Accounts } from '../auth/accounts.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Permission } from '../auth/permissions.ts';
import { type Principal, requirePermission } from '../auth/principal.ts';
import { readSessionCookie, requireOwnPage } from '../auth/session-cookie.ts';
import type { WebSessions } from '../auth/web-sessions.ts';
import type { ApiOptions } from './services.ts';

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
    /** Once more, for what stays open after the answer began. Throws UNAUTHENTICATED or FORBIDDEN. */
    authenticateAgain(): Promise<void>;
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

interface Doorkeepers {
  readonly authenticator: Authenticator;
  readonly accounts: Accounts;
  readonly sessions: WebSessions;
}

/** Headers on every answer, the Host check, and the token or session cookie of every route that is not open. */
export function guardAccess(
  app: FastifyInstance,
  doorkeepers: Doorkeepers,
  { hosts, secureCookies = false }: ApiOptions,
): void {
  app.decorateRequest('principal');
  app.decorateRequest('authenticateAgain', async function (this: FastifyRequest) {
    await admit(this);
  });
  app.addHook('onRoute', ({ config, method, url }) => {
    if (config?.permission === undefined && config?.signedIn !== true && config?.open !== true) {
      throw new Error(`${String(method)} ${url} names no permission and is not open`);
    }
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...HEADERS, 'x-request-id': request.id });
    checkHost(request, hosts);
    const { permission, signedIn } = request.routeOptions.config;
    if (permission !== undefined || signedIn === true) request.principal = await admit(request);
  });

  async function admit(request: FastifyRequest): Promise<Principal> {
    const { permission } = request.routeOptions.config;
    const principal = await identify(request);
    if (permission !== undefined) requirePermission(principal, permission);
    return principal;
  }

  /** By the Authorization header; by the session when there is none but a cookie. */
  async function identify({ headers, method }: FastifyRequest): Promise<Principal> {
    const { authenticator, accounts, sessions } = doorkeepers;
    const secret = headers.authorization === undefined ? readSessionCookie(headers.cookie, secureCookies) : undefined;
    const holder = secret === undefined ? undefined : sessions.holderOf(secret);
    if (holder === undefined) return authenticator.authenticate(headers.authorization);
    requireOwnPage(method, headers);
    return 'userId' in holder ? accounts.principalOf(holder) : authenticator.authenticate(holder.authorization);
  }
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
