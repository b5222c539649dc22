import { randomUUID } from 'node:crypto';
import type { Store } from '../../engine/clickhouse/store.ts';
import { listTokens, saveTokens, type Token, type TokenRow } from '../../engine/clickhouse/tables/tokens.ts';
import type { Clock } from '../../engine/core/clock.ts';
import { CodedError } from '../../engine/core/errors.ts';
import type { Role } from './permissions.ts';
import { newTokenSecret, tokenHash } from './token-secret.ts';

/** A new token with its secret, which is shown this once. */
export interface IssuedToken extends Token {
  token: string;
}

export async function issueToken(
  store: Store,
  clock: Clock,
  wanted: { org: string; role: Role; name: string },
): Promise<IssuedToken> {
  const [issued] = await issueTokens(store, clock, [wanted]);
  return issued!;
}

/** Issues several in one insertion: all of them or none. */
export async function issueTokens(
  store: Store,
  clock: Clock,
  wanted: readonly { org: string; role: Role; name: string }[],
): Promise<IssuedToken[]> {
  const now = clock();
  const issued = wanted.map(({ org, role, name }) => ({
    id: randomUUID(),
    org,
    role,
    name,
    created_at: new Date(now).toISOString(),
    token: newTokenSecret(),
  }));
  await saveTokens(
    store,
    issued.map(({ token, ...kept }) => ({ ...kept, hash: tokenHash(token), revoked: false, updated: now })),
  );
  return issued;
}

/** Tokens without hashes; of one org, or of all when `org` is undefined. */
export async function shownTokens(store: Store, org: string | undefined): Promise<Token[]> {
  return (await listTokens(store, org)).map(({ id, org, role, name, created_at }) => ({
    id,
    org,
    role,
    name,
    created_at,
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
