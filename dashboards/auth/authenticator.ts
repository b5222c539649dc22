import { timingSafeEqual } from 'node:crypto';
import type { Store } from '../../engine/clickhouse/store.ts';
import { findToken, saveTokenUse, type TokenRow } from '../../engine/clickhouse/tables/tokens.ts';
import type { Clock } from '../../engine/core/clock.ts';
import { CodedError } from '../../engine/core/errors.ts';
import { isRole } from './permissions.ts';
import { type Principal, requirePermission } from './principal.ts';
import { isTokenSecret, tokenHash } from './token-secret.ts';

export interface Authenticator {
  /** Who an Authorization header speaks for. Throws UNAUTHENTICATED. */
  authenticate(header: string | undefined): Promise<Principal>;
  /** The org that spans under this header go to, and whether its sender is a gateway of the org. Throws UNAUTHENTICATED, or FORBIDDEN when the role sends no spans. */
  authenticateIngest(header: string | undefined): Promise<{ org: string; gateway?: boolean }>;
  /** A revoked token stops working in this process at once; in others when their memory of it ends. */
  forget(tokenId: string): void;
}

/** How long a token that was looked up is believed, so that a burst of requests asks the store once. */
const FRESH_MS = 5_000;
/** The last use of a token is noted this often. */
const NOTE_USE_MS = 60_000;
/** Bounds what strangers' tries can fill the memory with. */
const MOST_REMEMBERED = 10_000;

interface Remembered {
  readonly until: number;
  readonly token: Promise<TokenRow | undefined>;
}

export function createAuthenticator(store: Store, clock: Clock): Authenticator {
  const remembered = new Map<string, Remembered>();
  const revoked = new Set<string>();
  const noted = new Map<string, number>();

  /** Nobody waits for it, and a store that does not take it denies nobody entry. */
  function noteUse(id: string): void {
    const now = clock();
    if (now - (noted.get(id) ?? Number.NEGATIVE_INFINITY) < NOTE_USE_MS) return;
    if (noted.size >= MOST_REMEMBERED) noted.clear();
    noted.set(id, now);
    saveTokenUse(store, { id, at: now }).catch(() => noted.delete(id));
  }

  function lookUp(hash: string): Promise<TokenRow | undefined> {
    const known = remembered.get(hash);
    if (known && known.until > clock()) return known.token;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    const token = findToken(store, hash);
    remembered.set(hash, { until: clock() + FRESH_MS, token });
    token.catch(() => remembered.delete(hash));
    return token;
  }

  async function authenticate(header: string | undefined): Promise<Principal> {
    const secret = bearer(header);
    const hash = tokenHash(secret);
    const token = await lookUp(hash);
    if (!token || revoked.has(token.id) || !sameText(token.hash, hash) || !isRole(token.role)) {
      throw unauthenticated('The token is not valid');
    }
    if (token.expires_at !== null && Date.parse(token.expires_at) <= clock())
      throw unauthenticated('The token has expired');
    noteUse(token.id);
    return { kind: 'token', id: token.id, name: token.name, org: token.org, role: token.role, userIds: [] };
  }

  return {
    authenticate,
    authenticateIngest: async (header) => {
      const principal = await authenticate(header);
      requirePermission(principal, 'spans:write');
      return { org: principal.org, ...(principal.role === 'gateway' && { gateway: true }) };
    },
    forget: (tokenId) => {
      revoked.add(tokenId);
    },
  };
}

function bearer(header: string | undefined): string {
  if (header === undefined) throw unauthenticated('Send a token as "Authorization: Bearer <token>"');
  const [, secret = ''] = /^Bearer +(\S{1,100}) *$/i.exec(header) ?? [];
  if (!isTokenSecret(secret)) throw unauthenticated('The token is not valid');
  return secret;
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function unauthenticated(message: string): CodedError {
  return new CodedError('UNAUTHENTICATED', message);
}
