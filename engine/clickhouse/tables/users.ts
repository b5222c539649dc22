import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** Somebody who may sign in, in one org. */
export interface User {
  id: string;
  org: string;
  /** Lower case. */
  email: string;
  name: string;
  role: string;
  disabled: boolean;
  /** What their spans carry as user id, beside the e-mail address. */
  user_ids: string[];
  /** Argon2id with its parameters; '' when there is no password. */
  password_hash: string;
  /** Issuer and subject at the identity provider; '' for local accounts. */
  external_id: string;
  /** Sessions that began under another one are over. */
  stamp: number;
  /** RFC 3339 UTC. */
  created_at: string;
  /** Milliseconds since 1970; of two rows of one id the later stands. */
  updated: number;
}

const COLUMNS: Columns<User> = {
  id: (user) => user.id,
  org: (user) => user.org,
  email: (user) => user.email,
  name: (user) => user.name,
  role: (user) => user.role,
  disabled: (user) => user.disabled,
  user_ids: (user) => user.user_ids,
  password_hash: (user) => user.password_hash,
  external_id: (user) => user.external_id,
  stamp: (user) => user.stamp,
  created_at: (user) => user.created_at.replace('T', ' ').replace('Z', ''),
  updated_at: (user) => timestampText(user.updated * 1_000),
};

/** Writes a user as they now are. */
export async function saveUser(store: Store, user: User): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.users`, COLUMNS, [user], crypto.randomUUID());
}

export async function findUser(store: Store, by: { id: string } | { org: string; email: string }) {
  const [row] =
    'id' in by
      ? await select(store, 'id = {id: String}', by)
      : await select(store, 'org = {org: String} AND email = {email: String}', by);
  return row;
}

export async function findUserByExternalId(store: Store, org: string, external: string): Promise<User | undefined> {
  const [row] = await select(store, 'org = {org: String} AND external_id = {external: String}', { org, external });
  return row;
}

/** By address; of one org, or of all when `org` is undefined. */
export async function listUsers(store: Store, org: string | undefined): Promise<User[]> {
  return org === undefined ? select(store, '1', {}) : select(store, 'org = {org: String}', { org });
}

async function select(store: Store, condition: string, params: Record<string, string>): Promise<User[]> {
  const rows = await store.query<User>(
    `SELECT id, org, email, name, role, disabled, user_ids, password_hash, external_id, toString(stamp) AS stamp, created_at,
       toUnixTimestamp64Milli(updated_at) AS updated
     FROM users FINAL WHERE ${condition} ORDER BY org, email, id LIMIT 10000`,
    params,
    { database: CONTROL_DATABASE },
  );
  return rows.map((row) => ({
    ...row,
    stamp: Number(row.stamp),
    created_at: rfc3339(row.created_at),
    updated: Number(row.updated),
  }));
}
