import { timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** Where an org's archive goes, as it is kept: both are JSON, `secrets` sealed value by value. */
export interface ArchiveTargetRecord {
  readonly org: string;
  readonly settings: string;
  readonly secrets: string;
}

/** How far an org's archive is at one place. */
export interface ArchiveProgress {
  readonly org: string;
  readonly target: string;
  /** Milliseconds since 1970: every hour before is archived or had nothing. */
  readonly archivedTo: number;
  readonly rows: number;
  readonly bytes: number;
  /** '' when the last round went well. */
  readonly error: string;
}

type At<Row> = Row & { now: number };

const TARGET_COLUMNS: Columns<At<ArchiveTargetRecord>> = {
  org: (row) => row.org,
  settings: (row) => row.settings,
  secrets: (row) => row.secrets,
  updated_at: (row) => timestampText(row.now * 1_000),
};

const PROGRESS_COLUMNS: Columns<At<ArchiveProgress>> = {
  org: (row) => row.org,
  target: (row) => row.target,
  archived_to: (row) => Math.floor(row.archivedTo / 1_000),
  archived_rows: (row) => row.rows,
  archived_bytes: (row) => row.bytes,
  error: (row) => row.error,
  updated_at: (row) => timestampText(row.now * 1_000),
};

/** Undefined while an org has chosen nothing. */
export async function findArchiveTarget(store: Store, org: string): Promise<ArchiveTargetRecord | undefined> {
  const [row] = await store.query<ArchiveTargetRecord>(
    'SELECT org, settings, secrets FROM archive_targets FINAL WHERE org = {org: String}',
    { org },
    { database: CONTROL_DATABASE },
  );
  return row;
}

/** `now` is in milliseconds since 1970. */
export async function saveArchiveTarget(store: Store, record: ArchiveTargetRecord, now: number): Promise<void> {
  const table = `${CONTROL_DATABASE}.archive_targets`;
  await insertRows(store, table, TARGET_COLUMNS, [{ ...record, now }], crypto.randomUUID());
}

export async function findArchiveProgress(
  store: Store,
  org: string,
  target: string,
): Promise<ArchiveProgress | undefined> {
  const [row] = await store.query<Record<'archived_to' | 'archived_rows' | 'archived_bytes' | 'error', string>>(
    `SELECT toUnixTimestamp(archived_to) AS archived_to, archived_rows, archived_bytes, error
     FROM archive_progress FINAL WHERE org = {org: String} AND target = {target: String}`,
    { org, target },
    { database: CONTROL_DATABASE },
  );
  return (
    row && {
      org,
      target,
      archivedTo: Number(row.archived_to) * 1_000,
      rows: Number(row.archived_rows),
      bytes: Number(row.archived_bytes),
      error: row.error,
    }
  );
}

/** `now` is in milliseconds since 1970. */
export async function saveArchiveProgress(store: Store, progress: ArchiveProgress, now: number): Promise<void> {
  const table = `${CONTROL_DATABASE}.archive_progress`;
  await insertRows(store, table, PROGRESS_COLUMNS, [{ ...progress, now }], crypto.randomUUID());
}
