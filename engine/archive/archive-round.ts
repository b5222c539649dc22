import { join } from 'node:path';
import { ARCHIVED_TABLES } from '../clickhouse/archived-tables.ts';
import { firstRowAt } from '../clickhouse/read-hour.ts';
import type { Store } from '../clickhouse/store.ts';
import { saveArchiveProgress } from '../clickhouse/tables/archive.ts';
import type { Clock } from '../core/clock.ts';
import { isCoded } from '../core/errors.ts';
import { orgDatabase } from '../core/org.ts';
import type { ArchiveBook } from './archive-book.ts';
import { archiveHour } from './archive-hour.ts';
import { hourOf, MANIFEST, nextHour, startOfHour } from './archive-layout.ts';
import { targetId } from './archive-target.ts';
import type { ObjectStore } from './object-store.ts';

export interface ArchiveRoundOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly book: ArchiveBook;
  /** Folder in which objects wait for their upload. */
  readonly spool: string;
  /** Key that seals an org's objects; not sealed when it answers undefined. */
  readonly keyOf: (org: string) => Uint8Array | undefined;
  readonly objectBytes?: number | undefined;
}

/** Findings and entries of alerts are written some time after the moment they bear: an hour is closed when that long has passed. */
const SETTLE_MS = 15 * 60_000;

/**
 * Archives every hour of an org that has ended before `settled` (milliseconds since 1970: everything accepted before is stored), the
 * oldest first. `stopping` ends it between two hours. What fails is kept with the progress and thrown.
 */
export async function archiveRound(
  options: ArchiveRoundOptions,
  org: string,
  settled: number,
  stopping: AbortSignal,
): Promise<void> {
  const { store, clock, book, spool, keyOf, objectBytes } = options;
  const target = await book.targetOf(org);
  const objects = await book.open(org);
  if (objects === undefined) return;
  let progress = await book.progressOf(org, target);
  try {
    const from = progress?.archivedTo ?? (await firstRowAt(store, orgDatabase(org), ARCHIVED_TABLES));
    if (from === undefined) return;
    progress ??= { org, target: targetId(target), archivedTo: startOfHour(from), rows: 0, bytes: 0, error: '' };
    for (let hour = progress.archivedTo; nextHour(hour) + SETTLE_MS <= settled; hour = nextHour(hour)) {
      if (stopping.aborted) return;
      const key = target.kind === 'folder' ? keyOf(org) : undefined;
      const to = { store, clock, target: objects, org, spool: join(spool, org), key, objectBytes };
      const manifest = await archiveHour(to, hour);
      progress = {
        ...progress,
        archivedTo: nextHour(hour),
        rows: progress.rows + (manifest?.rows ?? 0),
        bytes: progress.bytes + (manifest?.bytes ?? 0),
        error: '',
      };
      await saveArchiveProgress(store, progress, clock());
    }
  } catch (error) {
    const told = isCoded(error) ? error.message : 'an unexpected error';
    if (progress !== undefined && progress.error !== told)
      await saveArchiveProgress(store, { ...progress, error: told }, clock()).catch(() => undefined);
    throw error;
  } finally {
    objects.close();
  }
}

/** Removes the hours that began before `before` (milliseconds since 1970); the manifest last. Answers how many objects went. */
export async function pruneArchive(objects: ObjectStore, org: string, before: number): Promise<number> {
  let removed = 0;
  const manifests: string[] = [];
  for await (const { key } of objects.list(`${org}/`)) {
    const hour = hourOf(key);
    if (hour === undefined || nextHour(hour) > before) continue;
    if (key.endsWith(`/${MANIFEST}`)) manifests.push(key);
    else await objects.remove(key);
    removed += 1;
  }
  for (const key of manifests) await objects.remove(key);
  return removed;
}
