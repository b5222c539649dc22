import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

export interface IngestProgress {
  readonly worker: string;
  /** Everything accepted before this is stored; microseconds since 1970. Undefined when the receiver has stopped. */
  readonly lowWater: number | undefined;
  readonly beat: number;
}

const STOPPED = '18446744073709551615';

const COLUMNS: Columns<IngestProgress> = {
  worker: (row) => row.worker,
  low_water: (row) => (row.lowWater === undefined ? STOPPED : String(row.lowWater)),
  beat: (row) => row.beat,
};

export async function saveIngestProgress(store: Store, progress: IngestProgress): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.ingest_progress`, COLUMNS, [progress], crypto.randomUUID());
}

/** The last word of every receiver of the last day. */
export async function readIngestProgress(store: Store): Promise<IngestProgress[]> {
  const rows = await store.query<{ worker: string; low_water: string; beat: string }>(
    'SELECT worker, low_water, beat FROM ingest_progress FINAL WHERE at > now64(3) - INTERVAL 1 DAY',
    {},
    { database: CONTROL_DATABASE },
  );
  return rows.map((row) => ({
    worker: row.worker,
    lowWater: row.low_water === STOPPED ? undefined : Number(row.low_water),
    beat: Number(row.beat),
  }));
}
