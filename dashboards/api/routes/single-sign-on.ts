import { z } from 'zod';
import { insertAuditEntry } from '../../../engine/clickhouse/tables/audit-log.ts';
import { isCoded } from '../../../engine/core/errors.ts';
import { accountOfIdentity } from '../../auth/account-of-identity.ts';
import { readCookie, sessionCookie } from '../../auth/session-cookie.ts';
import { FLOW_MS } from '../../auth/single-sign-on.ts';
import type { Routes } from '../route-group.ts';

const BEGIN = '/api/v1/single-sign-on';
const FLOW_COOKIE = 'spanwarden_sso';

/** Signing in by OpenID Connect. Both routes are for browsers that walk: they answer with where to go next. */
export const singleSignOnRoutes: Routes = (app, services, { secureCookies = false }) => {
  const { accounts, clock, sessions, singleSignOn, store } = services;
  const cookieName = secureCookies ? `__Secure-${FLOW_COOKIE}` : FLOW_COOKIE;
  /** Lax: the way back comes from the provider's site. */
  const flowCookie = (secret: string) =>
    `${cookieName}=${secret}; Path=${BEGIN}; HttpOnly; SameSite=Lax; Max-Age=${secret === '' ? 0 : FLOW_MS / 1_000}${secureCookies ? '; Secure' : ''}`;

  app.get(
    BEGIN,
    {
      config: { open: true },
      schema: {
        querystring: z.strictObject({ org: z.string().max(40).optional() }),
        response: { 302: z.null() },
      },
    },
    async (request, reply) => {
      if (!singleSignOn) return reply.redirect('/?sign_in=unavailable');
      try {
        const { url, flow } = await singleSignOn.provider.begin(request.query.org);
        return reply.header('set-cookie', flowCookie(flow)).redirect(url);
      } catch (error) {
        services.logError(error, request.id);
        return reply.redirect('/?sign_in=unavailable');
      }
    },
  );

  app.get(
    `${BEGIN}/callback`,
    { config: { open: true }, schema: { querystring: z.looseObject({}), response: { 302: z.null() } } },
    async (request, reply) => {
      const over = flowCookie('');
      const flow = readCookie(request.headers.cookie, cookieName);
      if (!singleSignOn || flow === undefined) return reply.header('set-cookie', over).redirect('/?sign_in=failed');
      try {
        const query = new URL(request.url, 'http://localhost').search;
        const { identity, org } = await singleSignOn.provider.finish(flow, query);
        const user = await accountOfIdentity(accounts, identity, singleSignOn.groupRoles, org);
        const entry = { org: user.org, actor: `${user.email} (${user.id.slice(0, 8)})`, action: 'session.begin' };
        await insertAuditEntry(
          store,
          { ...entry, subject: user.id, detail: 'single sign-on', address: request.ip },
          clock(),
        );
        const secret = sessions.begin({ userId: user.id, stamp: user.stamp });
        return reply.header('set-cookie', [over, sessionCookie(secret, secureCookies)]).redirect('/');
      } catch (error) {
        if (!isCoded(error, 'FORBIDDEN') && !isCoded(error, 'UNAUTHENTICATED')) services.logError(error, request.id);
        const why = isCoded(error, 'FORBIDDEN') ? 'no-role' : 'failed';
        return reply.header('set-cookie', over).redirect(`/?sign_in=${why}`);
      }
    },
  );
};
