import type { Finding } from '../../core/finding.ts';
import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';
import { FINDING_COLUMNS } from './findings.ts';

interface SuppressedFinding {
  readonly finding: Finding;
  readonly cause: string;
  readonly exceptionId: string;
}

type Stored = Finding & { readonly found_at: string; readonly cause: string; readonly exceptionId: string };

const COLUMNS: Columns<Stored> = {
  ...FINDING_COLUMNS,
  cause: (row) => row.cause,
  exception_id: (row) => row.exceptionId,
};

/** Keeps findings that raise nothing. One that is there already stays as it was first found. */
export async function insertSuppressedFindings(
  store: Store,
  database: string,
  suppressed: readonly SuppressedFinding[],
  now: number,
): Promise<void> {
  const found_at = timestampText(now * 1_000);
  const rows = suppressed.map(({ finding, cause, exceptionId }) => ({ ...finding, found_at, cause, exceptionId }));
  await insertRows(store, `${database}.suppressed_findings`, COLUMNS, rows, crypto.randomUUID());
}

export interface ExceptionHits {
  readonly hits: number;
  /** RFC 3339 UTC. */
  readonly lastHitAt: string;
}

/** How often each exception suppressed something, by its id. */
export async function countExceptionHits(store: Store, database: string): Promise<Map<string, ExceptionHits>> {
  const rows = await store.query<{ exception_id: string; hits: string; last: string }>(
    `SELECT exception_id, count() AS hits, max(found_at) AS last
     FROM suppressed_findings FINAL WHERE cause = 'exception' GROUP BY exception_id`,
    {},
    { database },
  );
  return new Map(rows.map((row) => [row.exception_id, { hits: Number(row.hits), lastHitAt: rfc3339(row.last) }]));
}
