import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** An org as the API shows it. Times are RFC 3339 UTC. */
export interface Org {
  slug: string;
  name: string;
  created_at: string;
  retention_days: number;
}

interface NewOrg {
  slug: string;
  name: string;
  /** Milliseconds since 1970. */
  now: number;
}

const COLUMNS: Columns<NewOrg> = {
  slug: (org) => org.slug,
  name: (org) => org.name,
  created_at: (org) => timestampText(org.now * 1_000),
  updated_at: (org) => timestampText(org.now * 1_000),
};

/** Records an org. Its database must be there already: an org that is listed can be used. */
export async function insertOrg(store: Store, org: NewOrg): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.orgs`, COLUMNS, [org], crypto.randomUUID());
}

/** Orgs that are not deleted, by slug. */
export async function listOrgs(store: Store): Promise<Org[]> {
  const rows = await store.query<Org>(
    'SELECT slug, name, created_at, retention_days FROM orgs FINAL WHERE NOT deleted ORDER BY slug',
    {},
    { database: CONTROL_DATABASE },
  );
  return rows.map((row) => ({ ...row, created_at: rfc3339(row.created_at) }));
}

/** Records for how many days an org's data is to be kept; applyRetention makes it so. `now` is in milliseconds since 1970. */
export async function saveRetention(store: Store, slug: string, days: number, now: number): Promise<void> {
  await store.command(
    // Later than what is there, whatever the clock says now.
    `INSERT INTO orgs
     SELECT * REPLACE (
         {days: UInt16} AS retention_days,
         greatest({now: DateTime64(6)}, updated_at + INTERVAL 1 MICROSECOND) AS updated_at
     )
     FROM orgs FINAL
     WHERE slug = {slug: String}`,
    { slug, days, now: timestampText(now * 1_000) },
    { database: CONTROL_DATABASE },
  );
}
