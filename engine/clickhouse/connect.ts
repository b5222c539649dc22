import { CodedError, isCoded } from '../core/errors.ts';
import { clusterStore } from './cluster-store.ts';
import { embeddedStore } from './embedded-store.ts';
import { type ServerTls, serverStore } from './server-store.ts';
import type { Store } from './store.ts';

export interface StoreTarget {
  /** URL of a ClickHouse server, e.g. `http://user:password@host:8123`; the embedded engine when undefined. */
  readonly url: string | undefined;
  /** Cluster of that server over whose nodes tables are spread and replicated; one node when undefined. */
  readonly cluster?: string | undefined;
  /** Folder of the embedded engine's data. */
  readonly dataFolder: string;
  /** How the server is known, and what is shown to it. */
  readonly tls?: ServerTls | undefined;
  /** Keys of the embedded engine's encrypted disks, hex, the current one first; not encrypted without. */
  readonly atRestKeys?: readonly string[];
  /** Hears of a disk that is full or is so no longer, and of parts that were set aside; of the embedded engine. */
  readonly report?: (message: string) => void;
}

/**
 * On a cluster an insert is acknowledged when the shards have it, subqueries are answered once for all shards, and reads go to the
 * replica that took the last write for as long as it lives: leases and watermarks must read what was just written.
 */
export const CLUSTER_SETTINGS = {
  distributed_foreground_insert: 1,
  prefer_global_in_and_join: 1,
  distributed_product_mode: 'global',
  load_balancing: 'in_order',
  distributed_ddl_task_timeout: '120',
} as const;

function onServer(url: string, { cluster, tls }: Pick<StoreTarget, 'cluster' | 'tls'>): Store {
  return cluster === undefined
    ? serverStore(url, { tls })
    : clusterStore(serverStore(url, { tls, settings: CLUSTER_SETTINGS }), cluster);
}

/** Opens the store that the settings name. Throws STORE_UNAVAILABLE when it does not answer, DATA_FOLDER_LOCKED when another process holds the folder. */
export async function connect(target: StoreTarget): Promise<Store> {
  const store =
    target.url === undefined
      ? await embeddedStore(target.dataFolder, target.atRestKeys, target.report)
      : onServer(target.url, target);
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
