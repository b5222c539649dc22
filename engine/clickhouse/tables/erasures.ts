import { ERASURE_KINDS, type Erasure, type ErasureKind } from '../../core/erasure.ts';
import { timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';
import { waitForFiles } from '../wait-for-files.ts';

const COLUMNS: Columns<Erasure> = {
  id: (row) => row.id,
  org: (row) => row.org,
  kind: (row) => row.kind,
  subject: (row) => row.subject,
  requested_at: (row) => timestampText(row.requestedAt * 1_000),
  requested_by: (row) => row.requestedBy,
  state: (row) => row.state,
  finished_at: (row) => timestampText(row.finishedAt * 1_000),
  spans: (row) => row.spans,
  other_rows: (row) => row.otherRows,
  archived_rows: (row) => row.archivedRows,
  error: (row) => row.error,
  revision: (row) => row.revision,
};

const inControl = { database: CONTROL_DATABASE };

/** Keeps how an erasure stands now. */
export async function saveErasure(store: Store, erasure: Erasure): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.erasures`, COLUMNS, [erasure], `${erasure.id} ${erasure.revision}`);
}

/** Former states go from the disk too: they hold sealed subjects. */
export async function forgetFormerErasures(store: Store): Promise<void> {
  await store.command('OPTIMIZE TABLE erasures FINAL', {}, inControl);
  await waitForFiles(store, CONTROL_DATABASE, 'erasures');
}

interface ErasureRow extends Record<'id' | 'org' | 'subject' | 'requested_by' | 'error', string> {
  kind: ErasureKind;
  state: Erasure['state'];
  requested: string;
  finished: string;
  spans: string;
  other_rows: string;
  archived_rows: string;
  revision: number;
}

export interface ErasureSearch {
  readonly org: string;
  readonly id?: string;
  /** Only those that are not done. */
  readonly open?: boolean;
  /** Behind this one: milliseconds since 1970, and id. */
  readonly before?: { readonly requestedAt: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listErasures(store: Store, search: ErasureSearch): Promise<Erasure[]> {
  const { org, id = '', open = false, before, limit } = search;
  const rows = await store.query<ErasureRow>(
    `SELECT id, org, kind, subject, toUnixTimestamp64Milli(requested_at) AS requested, requested_by, state,
            toUnixTimestamp64Milli(finished_at) AS finished, spans, other_rows, archived_rows, error, revision
     FROM erasures FINAL
     WHERE org = {org: String} AND ({id: String} = '' OR id = {id: String}) AND (NOT {open: Bool} OR state != 'done')
       AND (toUnixTimestamp64Milli(requested_at), id) < ({at: Int64}, {last: String})
     ORDER BY requested_at DESC, id DESC LIMIT {limit: UInt32}`,
    { org, id, open, at: before?.requestedAt ?? 8e15, last: before?.id ?? '', limit },
    inControl,
  );
  return rows.map((row) => ({
    id: row.id,
    org: row.org,
    kind: ERASURE_KINDS.find((kind) => kind === row.kind)!,
    subject: row.subject,
    requestedAt: Number(row.requested),
    requestedBy: row.requested_by,
    state: row.state,
    finishedAt: Number(row.finished),
    spans: Number(row.spans),
    otherRows: Number(row.other_rows),
    archivedRows: Number(row.archived_rows),
    error: row.error,
    revision: row.revision,
  }));
}

/** How far an org's spans were looked at for what was erased, microseconds since 1970; 0 at first. */
export async function readSweptTo(store: Store, org: string): Promise<number> {
  const [row] = await store.query<{ swept: string }>(
    'SELECT max(swept_to) AS swept FROM erasure_sweeps WHERE org = {org: String}',
    { org },
    inControl,
  );
  return Number(row?.swept ?? 0);
}

export async function saveSweptTo(store: Store, org: string, sweptTo: number): Promise<void> {
  const columns: Columns<{ org: string; sweptTo: number }> = {
    org: (row) => row.org,
    swept_to: (row) => String(row.sweptTo),
  };
  await insertRows(store, `${CONTROL_DATABASE}.erasure_sweeps`, columns, [{ org, sweptTo }], crypto.randomUUID());
}
