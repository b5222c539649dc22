import { CodedError } from '../../engine/core/errors.ts';
import { SESSION_MS } from './web-sessions.ts';

const NAME = 'spanwarden_session';
/** Over TLS: a browser takes a cookie of this name from this very host alone, so no neighbour can plant one. */
const HOST_NAME = `__Host-${NAME}`;
/** A page of another origin can't set it without a preflight, which nothing here answers. */
export const CSRF_HEADER = 'x-spanwarden-csrf';

/** The secret in a Cookie header; undefined when there is none. */
export function readSessionCookie(header: string | undefined, secure: boolean): string | undefined {
  return readCookie(header, secure ? HOST_NAME : NAME);
}

/** The value of one of our cookies: 32 random bytes in base64url. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const prefix = `${name}=`;
  const found = (header ?? '').split(/; */).find((pair) => pair.startsWith(prefix));
  const value = found?.slice(prefix.length);
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
}

/** A Set-Cookie header; an empty secret takes the cookie away. */
export function sessionCookie(secret: string, secure: boolean): string {
  const age = secret === '' ? 0 : SESSION_MS / 1_000;
  const name = secure ? HOST_NAME : NAME;
  return `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${secure ? '; Secure' : ''}`;
}

/** A browser sends the cookie along by itself: what changes something must also show that a page of ours asked. Throws FORBIDDEN. */
export function requireOwnPage(method: string, headers: Readonly<Record<string, unknown>>): void {
  if (method === 'GET' || method === 'HEAD') return;
  const site = headers['sec-fetch-site'];
  if (headers[CSRF_HEADER] === undefined || (site !== undefined && site !== 'same-origin'))
    throw new CodedError('FORBIDDEN', `With a session cookie, a change needs the header ${CSRF_HEADER}`);
}
