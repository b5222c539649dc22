import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** A token as it is kept: never its secret. Times are RFC 3339 UTC. */
export interface Token {
  id: string;
  org: string;
  role: string;
  name: string;
  created_at: string;
  /** From then on it is not valid; null for one that stays. */
  expires_at: string | null;
}

export interface TokenRow extends Token {
  /** SHA-256 of the secret, hex. */
  hash: string;
  revoked: boolean;
  /** Milliseconds since 1970; of two rows of one id the later stands. */
  updated: number;
}

const COLUMNS: Columns<TokenRow> = {
  id: (token) => token.id,
  org: (token) => token.org,
  role: (token) => token.role,
  name: (token) => token.name,
  hash: (token) => token.hash,
  created_at: (token) => token.created_at.replace('T', ' ').replace('Z', ''),
  revoked: (token) => token.revoked,
  expires_at: (token) => token.expires_at?.replace('T', ' ').replace('Z', '') ?? 0,
  updated_at: (token) => timestampText(token.updated * 1_000),
};

/** Writes tokens as they now are; an id that is there already is replaced. */
export async function saveTokens(store: Store, tokens: readonly TokenRow[]): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.tokens`, COLUMNS, tokens, crypto.randomUUID());
}

/** The token with this hash, unless it is revoked. */
export async function findToken(store: Store, hash: string): Promise<TokenRow | undefined> {
  const [row] = await select(store, 'hash = {hash: String}', { hash });
  return row;
}

/** Tokens that are not revoked, oldest first; of one org, or of all when `org` is undefined. */
export async function listTokens(store: Store, org: string | undefined): Promise<TokenRow[]> {
  return org === undefined ? select(store, '1', {}) : select(store, 'org = {org: String}', { org });
}

async function select(store: Store, condition: string, params: Record<string, string>): Promise<TokenRow[]> {
  const rows = await store.query<TokenRow>(
    `SELECT id, org, role, name, hash, created_at, revoked, if(expires_at = 0, NULL, expires_at) AS expires_at,
       toUnixTimestamp64Milli(updated_at) AS updated
     FROM tokens FINAL WHERE NOT revoked AND ${condition} ORDER BY created_at, id`,
    params,
    { database: CONTROL_DATABASE },
  );
  return rows.map((row) => ({
    ...row,
    created_at: rfc3339(row.created_at),
    expires_at: row.expires_at ? rfc3339(row.expires_at) : null,
    updated: Number(row.updated),
  }));
}

const USE_COLUMNS: Columns<{ id: string; at: number }> = {
  id: (use) => use.id,
  last_used_at: (use) => timestampText(use.at * 1_000),
};

/** `at` is in milliseconds since 1970. */
export async function saveTokenUse(store: Store, use: { id: string; at: number }): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.token_uses`, USE_COLUMNS, [use], crypto.randomUUID());
}

/** When each token was last used, RFC 3339 UTC; those that never were are missing. */
export async function readTokenUses(store: Store): Promise<ReadonlyMap<string, string>> {
  const rows = await store.query<{ id: string; at: string }>(
    'SELECT id, last_used_at AS at FROM token_uses FINAL LIMIT 100000',
    {},
    { database: CONTROL_DATABASE },
  );
  return new Map(rows.map(({ id, at }) => [id, rfc3339(at)]));
}
