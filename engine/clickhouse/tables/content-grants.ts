import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** A breaking of the glass: the right to read what was said in one session or trace, or in SQL, for a while. Times are RFC 3339 UTC. */
export interface ContentGrant {
  id: string;
  org: string;
  /** Id of the user or token. */
  holder: string;
  holder_name: string;
  scope: 'session' | 'trace' | 'sql';
  /** Session or trace id; '' for SQL, which is the whole org. */
  subject: string;
  reason: string;
  /** User ids of the spans, as they are stored, and the fingerprint of each ('' where it is no token). */
  author_ids: string[];
  author_prints: string[];
  granted_at: string;
  expires_at: string;
}

const databaseTime = (time: string) => time.replace('T', ' ').replace('Z', '');

const COLUMNS: Columns<ContentGrant> = {
  id: (grant) => grant.id,
  org: (grant) => grant.org,
  holder: (grant) => grant.holder,
  holder_name: (grant) => grant.holder_name,
  scope: (grant) => grant.scope,
  subject: (grant) => grant.subject,
  reason: (grant) => grant.reason,
  author_ids: (grant) => grant.author_ids,
  author_prints: (grant) => grant.author_prints,
  granted_at: (grant) => databaseTime(grant.granted_at),
  expires_at: (grant) => databaseTime(grant.expires_at),
};

export async function insertContentGrant(store: Store, grant: ContentGrant): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.content_grants`, COLUMNS, [grant], crypto.randomUUID());
}

/** Those of a holder that hold at `now`, milliseconds since 1970. */
export function activeGrants(store: Store, org: string, holder: string, now: number): Promise<ContentGrant[]> {
  return select(store, 'holder = {holder: String} AND expires_at > {now: DateTime64(3)}', {
    org,
    holder,
    now: timestampText(now * 1_000),
  });
}

/** The newest 500 of an org, newest first; those about one session or trace when given. */
export function listContentGrants(store: Store, org: string, subject?: string): Promise<ContentGrant[]> {
  return subject === undefined
    ? select(store, '1', { org })
    : select(store, 'subject = {subject: String}', { org, subject });
}

async function select(store: Store, condition: string, params: Record<string, string>): Promise<ContentGrant[]> {
  const rows = await store.query<ContentGrant>(
    `SELECT * FROM content_grants WHERE org = {org: String} AND ${condition} ORDER BY granted_at DESC, id LIMIT 500`,
    params,
    { database: CONTROL_DATABASE },
  );
  return rows.map((row) => ({
    ...row,
    granted_at: rfc3339(row.granted_at),
    expires_at: rfc3339(row.expires_at),
  }));
}
