import { CodedError, isCoded } from '../core/errors.ts';
import { embeddedStore } from './embedded-store.ts';
import { type ServerTls, serverStore } from './server-store.ts';
import type { Store } from './store.ts';

export interface StoreTarget {
  /** URL of a ClickHouse server, e.g. `http://user:password@host:8123`; the embedded engine when undefined. */
  readonly url: string | undefined;
  /** Folder of the embedded engine's data. */
  readonly dataFolder: string;
  /** How the server is known, and what is shown to it. */
  readonly tls?: ServerTls;
  /** Keys of the embedded engine's encrypted disks, hex, the current one first; not encrypted without. */
  readonly atRestKeys?: readonly string[];
}

/** Opens the store that the settings name. Throws STORE_UNAVAILABLE when it does not answer, DATA_FOLDER_LOCKED when another process holds the folder. */
export async function connect(target: StoreTarget): Promise<Store> {
  const store =
    target.url === undefined
      ? await embeddedStore(target.dataFolder, target.atRestKeys)
      : serverStore(target.url, target.tls);
  try {
    await store.query('SELECT 1');
    return store;
  } catch (error) {
    await store.close();
    if (target.url === undefined || !isCoded(error, 'STORE_UNAVAILABLE')) throw error;
    const { host } = new URL(target.url);
    throw new CodedError(
      'STORE_UNAVAILABLE',
      `the ClickHouse server at ${host} does not answer (${error.message}): start it, or mend SPANWARDEN_CLICKHOUSE_URL`,
      { cause: error },
    );
  }
}
