import { randomUUID } from 'node:crypto';
import type { Store } from '../../engine/clickhouse/store.ts';
import {
  listTokens,
  readTokenUses,
  saveTokens,
  type Token,
  type TokenRow,
} from '../../engine/clickhouse/tables/tokens.ts';
import type { Clock } from '../../engine/core/clock.ts';
import { CodedError } from '../../engine/core/errors.ts';
import type { Role } from './permissions.ts';
import { newTokenSecret, tokenHash } from './token-secret.ts';

/** A new token with its secret, which is shown this once. */
export interface IssuedToken extends Token {
  token: string;
}

interface WantedToken {
  readonly org: string;
  readonly role: Role;
  readonly name: string;
  /** Milliseconds since 1970; stays when left out. */
  readonly expires?: number | undefined;
}

export async function issueToken(store: Store, clock: Clock, wanted: WantedToken): Promise<IssuedToken> {
  const [issued] = await issueTokens(store, clock, [wanted]);
  return issued!;
}

/** Issues several in one insertion: all of them or none. */
export async function issueTokens(store: Store, clock: Clock, wanted: readonly WantedToken[]): Promise<IssuedToken[]> {
  const now = clock();
  const issued = wanted.map(({ org, role, name, expires }) => ({
    id: randomUUID(),
    org,
    role,
    name,
    created_at: new Date(now).toISOString(),
    expires_at: expires === undefined ? null : new Date(expires).toISOString(),
    token: newTokenSecret(),
  }));
  await saveTokens(
    store,
    issued.map(({ token, ...kept }) => ({ ...kept, hash: tokenHash(token), revoked: false, updated: now })),
  );
  return issued;
}

/** A token as lists show it. `last_used_at` is RFC 3339 UTC, to a minute; null for one that never was. */
export type ShownToken = Token & { last_used_at: string | null };

/** Tokens without hashes; of one org, or of all when `org` is undefined. */
export async function shownTokens(store: Store, org: string | undefined): Promise<ShownToken[]> {
  const [tokens, uses] = await Promise.all([listTokens(store, org), readTokenUses(store)]);
  return tokens.map(({ hash: _hash, revoked: _revoked, updated: _updated, ...token }) => ({
    ...token,
    last_used_at: uses.get(token.id) ?? null,
  }));
}

/** Throws NOT_FOUND unless the token is there (in `org`, when given). Answers what was revoked. */
export async function revokeToken(store: Store, clock: Clock, id: string, org: string | undefined): Promise<TokenRow> {
  const token = (await listTokens(store, org)).find((candidate) => candidate.id === id);
  if (!token) throw new CodedError('NOT_FOUND', 'There is no such token');
  // Later than what is there, whatever the clock says now.
  await saveTokens(store, [{ ...token, revoked: true, updated: Math.max(clock(), token.updated + 1) }]);
  return token;
}
