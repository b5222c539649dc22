import { openPlace } from '../engine/archive/open-place.ts';
import { restoreArchive } from '../engine/archive/restore-archive.ts';
import { atRestKeys } from '../engine/at-rest-keys.ts';
import { connect } from '../engine/clickhouse/connect.ts';
import { migrateAll } from '../engine/clickhouse/migrate-all.ts';
import { readSettings } from '../engine/config/read-settings.ts';
import { DEFAULT_ORG } from '../engine/core/org.ts';
import { masterKey } from '../engine/master-key.ts';
import { storeTarget } from '../engine/store-target.ts';
import { printLine } from './print-line.ts';

export interface ReplayArchiveOptions {
  readonly endpoint?: string;
  readonly region: string;
  readonly org?: string;
  readonly data?: string;
  readonly config?: string;
}

/** Rebuilds an org's database from its archive and prints the rows of each table. */
export async function replayArchive(
  place: string,
  { org = DEFAULT_ORG, endpoint, region, config, data }: ReplayArchiveOptions,
): Promise<void> {
  const settings = readSettings({ env: process.env, file: config, overrides: { data } });
  const atRest = atRestKeys(settings);
  const target = openPlace(place, { endpoint, region });
  const store = await connect(storeTarget(settings));
  try {
    await migrateAll(store);
    const key = masterKey(settings.data, settings.master_key, atRest)(org, 'archive');
    const counts = await restoreArchive({ store, target, org, key });
    for (const [table, { archived, stored }] of counts)
      printLine(`${table}: ${archived} rows in the archive, ${stored} in the database`);
    // Of a row that was archived in two hours the database has one: fewer there is no failure, unless nothing came.
    if ([...counts.values()].some(({ archived, stored }) => archived > 0 && stored === 0)) process.exitCode = 1;
  } finally {
    target.close();
    await store.close();
  }
}
