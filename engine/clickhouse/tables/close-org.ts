import { DEFAULT_ORG } from '../../core/org.ts';
import { timestampText } from '../../core/timestamp.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';
import { listTokens, saveTokens } from './tokens.ts';

/** Ends an org: its tokens are revoked and it is listed no more. Everyone has the org `default`: it stays, with its tokens. `now` is in milliseconds. */
export async function closeOrg(store: Store, org: string, now: number): Promise<void> {
  if (org === DEFAULT_ORG) return;
  const tokens = await listTokens(store, org);
  await saveTokens(
    store,
    tokens.map((token) => ({ ...token, revoked: true, updated: Math.max(now, token.updated + 1) })),
  );
  await store.command(
    `INSERT INTO orgs
     SELECT * REPLACE (true AS deleted, greatest({now: DateTime64(6)}, updated_at + INTERVAL 1 MICROSECOND) AS updated_at)
     FROM orgs FINAL WHERE slug = {org: String}`,
    { org, now: timestampText(now * 1_000) },
    { database: CONTROL_DATABASE },
  );
}
