import { randomBytes } from 'node:crypto';
import type { Clock } from '../../engine/core/clock.ts';
import { tokenHash } from './token-secret.ts';

/** Longest time a browser stays signed in, ms. */
export const SESSION_MS = 12 * 60 * 60 * 1_000;
/** Sessions held at once; the oldest goes when there would be one more. */
const MOST_SESSIONS = 10_000;

/** Whose a session is: a token's, by its Authorization header, or a user's, as long as their stamp is the same. */
export type SessionHolder = { readonly authorization: string } | { readonly userId: string; readonly stamp: number };

export interface WebSessions {
  /** Begins a session for somebody who was checked. Answers the secret for the cookie. */
  begin(holder: SessionHolder): string;
  /** Who is behind a cookie, to be checked again at each request: a revoked token and a disabled user are out at once. */
  holderOf(secret: string): SessionHolder | undefined;
  end(secret: string): void;
}

/** Sessions of browsers, in the memory of this process: a restart signs everybody out. Keys are hashes of the secrets. */
export function createWebSessions(clock: Clock): WebSessions {
  const sessions = new Map<string, { readonly holder: SessionHolder; readonly until: number }>();

  return {
    begin: (holder) => {
      const secret = randomBytes(32).toString('base64url');
      const oldest = sessions.keys().next();
      if (sessions.size >= MOST_SESSIONS && !oldest.done) sessions.delete(oldest.value);
      sessions.set(tokenHash(secret), { holder, until: clock() + SESSION_MS });
      return secret;
    },
    holderOf: (secret) => {
      const key = tokenHash(secret);
      const session = sessions.get(key);
      if (session && session.until > clock()) return session.holder;
      sessions.delete(key);
      return undefined;
    },
    end: (secret) => {
      sessions.delete(tokenHash(secret));
    },
  };
}
