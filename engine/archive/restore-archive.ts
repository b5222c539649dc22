import { ARCHIVED_TABLES } from '../clickhouse/archived-tables.ts';
import { migrateOrg } from '../clickhouse/migrate.ts';
import { storedColumns } from '../clickhouse/read-hour.ts';
import type { Store } from '../clickhouse/store.ts';
import { CodedError } from '../core/errors.ts';
import { orgDatabase } from '../core/org.ts';
import type { ArchivedTableEntry } from './manifest.ts';
import type { ObjectStore } from './object-store.ts';
import { archivedHours, linesOf, readObject } from './read-archive.ts';

export interface RestoreOptions {
  readonly store: Store;
  readonly target: ObjectStore;
  readonly org: string;
  /** Opens sealed objects. */
  readonly key: Uint8Array;
}

/** Rows by table: what the manifests say and what the database holds of them, each once. */
export type RestoreCounts = ReadonlyMap<string, { readonly archived: number; readonly stored: number }>;

const INSERT_BYTES = 8 * 1024 * 1024;

/**
 * Rebuilds an org's database from its archive, as the rows were: nothing is redacted or dated again. Repeating it changes nothing. The
 * org's database is made when it is not there. Throws NOT_FOUND when the archive has nothing of the org, ARCHIVE_DAMAGED before anything of a damaged
 * object is stored.
 */
export async function restoreArchive({ store, target, org, key }: RestoreOptions): Promise<RestoreCounts> {
  const database = orgDatabase(org);
  await migrateOrg(store, database);
  const columns = new Map<string, ReadonlySet<string>>();
  for (const { table } of ARCHIVED_TABLES) columns.set(table, new Set(await storedColumns(store, database, table)));
  const archived = new Map<string, number>();
  for await (const { folder, manifest } of archivedHours(target, org)) {
    for (const entry of manifest.tables) {
      const known = columns.get(entry.table);
      const unknown = known === undefined ? entry.table : entry.columns.find((column) => !known.has(column));
      if (unknown !== undefined)
        throw new CodedError(
          'ARCHIVE_DAMAGED',
          `${folder} holds ${unknown}, which this version does not know: use the newer one`,
        );
      await restoreTable({ store, target, database, key, folder }, entry);
      archived.set(entry.table, (archived.get(entry.table) ?? 0) + entry.rows);
    }
  }
  if (archived.size === 0) throw new CodedError('NOT_FOUND', `${target.place} holds no archive of org ${org}`);
  const counts = new Map<string, { archived: number; stored: number }>();
  for (const [table, rows] of archived) {
    const [row] = await store.query<{ rows: string }>(`SELECT count() AS rows FROM ${table} FINAL`, {}, { database });
    counts.set(table, { archived: rows, stored: Number(row?.rows ?? 0) });
  }
  return counts;
}

async function restoreTable(
  {
    store,
    target,
    database,
    key,
    folder,
  }: { store: Store; target: ObjectStore; database: string; key: Uint8Array; folder: string },
  { table, columns, objects }: ArchivedTableEntry,
): Promise<void> {
  for (const object of objects) {
    let lines = '';
    let piece = 0;
    const flush = async () => {
      // The token makes a restore that is repeated cheap; the tables' own keys make it harmless.
      if (lines !== '')
        await store.insertLines(`${database}.${table}`, columns, Buffer.from(lines), `${object.sha256} ${piece++}`);
      lines = '';
    };
    for await (const line of linesOf(await readObject(target, folder, object, key))) {
      lines += `${line}\n`;
      if (lines.length >= INSERT_BYTES) await flush();
    }
    await flush();
  }
}
