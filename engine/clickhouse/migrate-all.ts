import { orgDatabase } from '../core/org.ts';
import { CONTROL_DATABASE, migrateControl, migrateOrg } from './migrate.ts';
import type { Store } from './store.ts';
import { listOrgs } from './tables/orgs.ts';

/** Brings the control plane and every org's database up to date. Answers the migrations applied to each. Throws MIGRATION_FAILED. */
export async function migrateAll(store: Store): Promise<{ database: string; applied: string[] }[]> {
  const done = [{ database: CONTROL_DATABASE, applied: await migrateControl(store) }];
  for (const { slug } of await listOrgs(store)) {
    const database = orgDatabase(slug);
    done.push({ database, applied: await migrateOrg(store, database) });
  }
  return done;
}
