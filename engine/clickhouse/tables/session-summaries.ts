import { hash } from '../../core/finding.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

/** A language model's summary of a session, redacted as all it was made from. Times are DateTime64(6) text, UTC. */
export interface SessionSummaryRow {
  readonly session_id: string;
  readonly made_at: string;
  readonly title: string;
  readonly work_class: string;
  readonly summary: string;
  readonly risks: readonly string[];
}

const COLUMNS: Columns<SessionSummaryRow> = {
  session_id: (row) => row.session_id,
  made_at: (row) => row.made_at,
  title: (row) => row.title,
  work_class: (row) => row.work_class,
  summary: (row) => row.summary,
  risks: (row) => row.risks,
};

/** Stores summaries; a later one of a session takes an earlier one's place. */
export async function insertSessionSummaries(
  store: Store,
  database: string,
  rows: readonly SessionSummaryRow[],
): Promise<void> {
  const token = hash('summaries', ...rows.flatMap((row) => [row.session_id, row.made_at]));
  await insertRows(store, `${database}.session_summaries`, COLUMNS, rows, token);
}
