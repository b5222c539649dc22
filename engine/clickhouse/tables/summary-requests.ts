import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

/** A wish for summaries on its way to the org's engine. `wish` and `progress` are JSON. */
export interface SummaryRequest {
  readonly id: string;
  /** DateTime64(6) text, UTC. */
  readonly asked_at: string;
  readonly wish: string;
  readonly state: 'open' | 'done' | 'failed';
  readonly progress: string;
  /** Counts its changes: the highest stands. */
  readonly step: number;
}

const COLUMNS: Columns<SummaryRequest> = {
  id: (row) => row.id,
  asked_at: (row) => row.asked_at,
  wish: (row) => row.wish,
  state: (row) => row.state,
  progress: (row) => row.progress,
  step: (row) => row.step,
};

const FIELDS = Object.keys(COLUMNS).join(', ');

export async function saveSummaryRequest(store: Store, database: string, request: SummaryRequest): Promise<void> {
  const token = `summary request ${request.id} ${request.step}`;
  await insertRows(store, `${database}.summary_requests`, COLUMNS, [request], token);
}

/** Those that wait, the oldest first. */
export function openSummaryRequests(store: Store, database: string): Promise<SummaryRequest[]> {
  return store.query<SummaryRequest>(
    `SELECT ${FIELDS} FROM summary_requests FINAL WHERE state = 'open' ORDER BY asked_at, id LIMIT 100`,
    {},
    { database },
  );
}

export async function findSummaryRequest(
  store: Store,
  database: string,
  id: string,
): Promise<SummaryRequest | undefined> {
  const [row] = await store.query<SummaryRequest>(
    `SELECT ${FIELDS} FROM summary_requests FINAL WHERE id = {id: String}`,
    { id },
    { database },
  );
  return row;
}
