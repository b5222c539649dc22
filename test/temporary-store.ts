import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { connect } from '../engine/clickhouse/connect.ts';
import { migrateControl, migrateOrg } from '../engine/clickhouse/migrate.ts';
import type { Store } from '../engine/clickhouse/store.ts';

/** An embedded engine on a folder of its own, gone after the file's tests; with the control plane and org `default` in place. */
export async function temporaryStore(): Promise<{ store: Store; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'spanwarden-test-'));
  const store = await connect({ url: undefined, dataFolder: folder });
  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  await migrateControl(store);
  await migrateOrg(store, 'org_default');
  return { store, folder };
}
