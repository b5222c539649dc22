import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ARCHIVED_TABLES } from '../clickhouse/archived-tables.ts';
import { countHour, readHour, storedColumns } from '../clickhouse/read-hour.ts';
import type { Store } from '../clickhouse/store.ts';
import type { Clock } from '../core/clock.ts';
import { CodedError } from '../core/errors.ts';
import { orgDatabase } from '../core/org.ts';
import { hourFolder, MANIFEST, nextHour } from './archive-layout.ts';
import { type ArchivedTableEntry, type Manifest, manifestBytes, parseManifest, toManifest } from './manifest.ts';
import type { ObjectStore } from './object-store.ts';
import { packRows } from './pack-rows.ts';
import { tidyHour } from './tidy-hour.ts';
import { toObject } from './to-object.ts';

export interface ArchiveHourOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly target: ObjectStore;
  readonly org: string;
  /** Objects lie here until they are uploaded. */
  readonly spool: string;
  /** Seals each object; not sealed when undefined. */
  readonly key: Uint8Array | undefined;
  readonly objectBytes?: number | undefined;
}

/**
 * Archives one hour that has ended: packs its rows into the spool, uploads the objects, and at last the manifest. Begun again after a
 * crash it goes on where it was: what is packed is uploaded as it is. An hour that is archived already is left alone. Undefined when the hour
 * had nothing. Throws CONFLICT when another archive of that org is there, and what store and target throw.
 */
export async function archiveHour(options: ArchiveHourOptions, hour: number): Promise<Manifest | undefined> {
  const { target, org, spool } = options;
  const folder = hourFolder(org, hour);
  const there = await target.get(folder + MANIFEST);
  if (there !== undefined) {
    const manifest = parseManifest(there, folder + MANIFEST);
    await assertHolds(options, manifest, hour);
    await rm(spool, { recursive: true, force: true });
    return manifest;
  }
  const manifest = (await packedBefore(spool, hour)) ?? (await pack(options, hour));
  if (manifest.rows > 0) {
    for (const { name, sha256 } of manifest.tables.flatMap(({ objects }) => objects))
      await target.putFile(folder + name, join(spool, name), sha256);
    await target.put(folder + MANIFEST, manifestBytes(manifest));
    await tidyHour(target, folder, manifest);
  }
  await rm(spool, { recursive: true, force: true });
  return manifest.rows > 0 ? manifest : undefined;
}

async function pack(
  { store, clock, org, spool, key, objectBytes }: ArchiveHourOptions,
  hour: number,
): Promise<Manifest> {
  await rm(spool, { recursive: true, force: true });
  await mkdir(spool, { recursive: true, mode: 0o700 });
  const database = orgDatabase(org);
  const tables: ArchivedTableEntry[] = [];
  for (const table of ARCHIVED_TABLES) {
    const columns = await storedColumns(store, database, table.table);
    const entry: ArchivedTableEntry = { table: table.table, columns, rows: 0, objects: [] };
    for await (const packed of packRows(readHour(store, database, table, columns, hour), objectBytes)) {
      const { object, bytes } = toObject(packed, { table: table.table, folder: hourFolder(org, hour), key });
      await writeFile(join(spool, object.name), bytes, { mode: 0o600, flush: true });
      entry.rows += object.rows;
      entry.objects.push(object);
    }
    tables.push(entry);
  }
  const from = new Date(hour).toISOString();
  const to = new Date(nextHour(hour)).toISOString();
  const head = { org, from, to, archived_at: new Date(clock()).toISOString(), sealed: key !== undefined, revision: 0 };
  const manifest = toManifest(head, tables);
  // Renamed, so that a manifest in the spool means that every object is whole.
  await writeFile(join(spool, `${MANIFEST}.draft`), JSON.stringify(manifest), { mode: 0o600, flush: true });
  await rename(join(spool, `${MANIFEST}.draft`), join(spool, MANIFEST));
  return manifest;
}

async function packedBefore(spool: string, hour: number): Promise<Manifest | undefined> {
  const bytes = await readFile(join(spool, MANIFEST)).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const manifest = parseManifest(bytes, join(spool, MANIFEST));
  return Date.parse(manifest.from) === hour ? manifest : undefined;
}

/** An archive is only ever added to: one that lacks rows that are stored here is somebody else's. */
async function assertHolds(
  { store, org, target }: ArchiveHourOptions,
  manifest: Manifest,
  hour: number,
): Promise<void> {
  for (const table of ARCHIVED_TABLES) {
    const archived = manifest.tables.find((entry) => entry.table === table.table)?.rows ?? 0;
    if (manifest.org === org && archived >= (await countHour(store, orgDatabase(org), table, hour))) continue;
    throw new CodedError(
      'CONFLICT',
      `${target.place} holds an archive of org ${org} that is not of this database: choose another prefix or folder`,
    );
  }
}
