import { connect } from '../engine/clickhouse/connect.ts';
import { migrateAll } from '../engine/clickhouse/migrate-all.ts';
import { readSettings } from '../engine/config/read-settings.ts';
import { storeTarget } from '../engine/store-target.ts';
import { printLine } from './print-line.ts';

export interface MigrateOptions {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** Brings the databases of all orgs up to date and prints what was applied to each. */
export async function migrate({ config: file, json, ...overrides }: MigrateOptions): Promise<void> {
  const store = await connect(storeTarget(readSettings({ env: process.env, file, overrides })));
  const databases = await migrateAll(store).finally(store.close);
  if (json) return printLine(JSON.stringify({ databases }, null, 2));
  for (const { database, applied } of databases)
    printLine(`${database}: ${applied.length === 0 ? 'up to date' : applied.join(', ')}`);
}
