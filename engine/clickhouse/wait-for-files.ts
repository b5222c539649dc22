import { CodedError } from '../core/errors.ts';
import type { Store } from './store.ts';

const LOOK_EVERY_MS = 50;
const LOOKS = 12_000;

/**
 * Parts that were rewritten stay on the disk for a while: waits until those of now are gone. The table's old_parts_lifetime says how long that
 * is at least. Throws STORE_UNAVAILABLE after ten minutes.
 */
export async function waitForFiles(store: Store, database: string, table: string): Promise<void> {
  const inactive = async (names: readonly string[]) => {
    const rows = await store.query<{ name: string }>(
      `SELECT name FROM system.parts
       WHERE database = {database: String} AND table = {table: String} AND NOT active
         AND (empty({names: Array(String)}) OR name IN {names: Array(String)})`,
      { database, table, names },
    );
    return rows.map(({ name }) => name);
  };
  let left = await inactive([]);
  for (let look = 0; left.length > 0; look++) {
    if (look === LOOKS) throw new CodedError('STORE_UNAVAILABLE', `former files of ${table} are not gone yet`);
    // A table with nothing to do looks after its files ever more rarely, up to every ten minutes; this makes it look now.
    await store.command(`SYSTEM START CLEANUP ${database}.${table}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    left = await inactive(left);
  }
}
