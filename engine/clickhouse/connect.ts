import { embeddedStore } from './embedded-store.ts';
import { serverStore } from './server-store.ts';
import type { Store } from './store.ts';

export interface StoreTarget {
  /** URL of a ClickHouse server, e.g. `http://user:password@host:8123`; the embedded engine when undefined. */
  readonly url: string | undefined;
  /** Folder of the embedded engine's data. */
  readonly dataFolder: string;
}

/** Opens the store that the settings name. Throws STORE_UNAVAILABLE when it does not answer, DATA_FOLDER_LOCKED when another process holds the folder. */
export async function connect(target: StoreTarget): Promise<Store> {
  const store = target.url === undefined ? await embeddedStore(target.dataFolder) : serverStore(target.url);
  await store.query('SELECT 1');
  return store;
}
