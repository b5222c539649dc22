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
    `SELECT id, org, role, name, hash, created_at, revoked, toUnixTimestamp64Milli(updated_at) AS updated
     FROM tokens FINAL WHERE NOT revoked AND ${condition} ORDER BY created_at, id`,
    params,
    { database: CONTROL_DATABASE },
  );
  return rows.map((row) => ({ ...row, created_at: rfc3339(row.created_at), updated: Number(row.updated) }));
}
