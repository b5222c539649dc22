import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_ORG, orgDatabase } from '../core/org.ts';
import { connect } from './connect.ts';
import { migrateControl, migrateOrg } from './migrate.ts';
import type { Store } from './store.ts';

/** Works on an embedded engine with one empty org, on a folder that is gone afterwards. */
export async function withScratchStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'spanwarden-'));
  const store = await connect({ url: undefined, dataFolder: folder });
  try {
    await migrateControl(store);
    await migrateOrg(store, orgDatabase(DEFAULT_ORG));
    return await work(store);
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}
