import { CodedError } from '../../engine/core/errors.ts';
import { SESSION_MS } from './web-sessions.ts';

const NAME = 'spanwarden_session';
/** A page of another origin can't set it without a preflight, which nothing here answers. */
export const CSRF_HEADER = 'x-spanwarden-csrf';

/** The secret in a Cookie header; undefined when there is none. */
export function readSessionCookie(header: string | undefined): string | undefined {
  return /(?:^|; ?)spanwarden_session=([\w-]{43})(?:;|$)/.exec(header ?? '')?.[1];
}

/** A Set-Cookie header; an empty secret takes the cookie away. */
export function sessionCookie(secret: string, secure: boolean): string {
  const age = secret === '' ? 0 : SESSION_MS / 1_000;
  return `${NAME}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${secure ? '; Secure' : ''}`;
}

/** A browser sends the cookie along by itself: what changes something must also show that a page of ours asked. Throws FORBIDDEN. */
export function requireOwnPage(method: string, headers: Readonly<Record<string, unknown>>): void {
  if (method === 'GET' || method === 'HEAD') return;
  const site = headers['sec-fetch-site'];
  if (headers[CSRF_HEADER] === undefined || (site !== undefined && site !== 'same-origin'))
    throw new CodedError('FORBIDDEN', `With a session cookie, a change needs the header ${CSRF_HEADER}`);
}
