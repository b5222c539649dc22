import { timestampMicros, timestampText } from '../../core/timestamp.ts';
import type { Window } from '../../core/window.ts';
import type { Store } from '../store.ts';

/** When the first span of a session was ingested, microseconds since 1970; what is known of the sessions lately touched. */
export type SessionStarts = Map<string, number>;

const MOST_STARTS = 200_000;
/** Beyond this many spans a copy of them costs more than it saves. */
const MOST_SPANS = 300_000;
/** Sessions that began within this time of the window are read by their time, older ones by their id alone; microseconds. */
const RECENT = 3 * 3_600_000_000;

export interface SpanCopy {
  readonly store: Store;
  readonly database: string;
  /** The table to make. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly window: Window;
  readonly starts: SessionStarts;
}

/**
 * Copies the spans of every session touched in the window, as far as they were ingested before its end, into memory; false when
 * they are too many. Retried exports are there once.
 */
export async function copySpans(copy: SpanCopy): Promise<boolean> {
  const { store, database, table, columns, window, starts } = copy;
  const list = columns.map((column) => `\`${column}\``).join(', ');
  await store.command(
    `CREATE TABLE ${table} ENGINE = Memory AS SELECT ${list} FROM otel_traces LIMIT 0`,
    {},
    { database },
  );
  const touched = await touchedSessions(copy);
  await learnStarts(copy, touched);
  const [recent, old] = partition(touched, (id) => starts.get(id)! >= window.from - RECENT);
  for (const ids of [recent, old]) {
    if (ids.length === 0) continue;
    // What is older than the oldest of them is not even looked at.
    const since = ids.reduce((least, id) => Math.min(least, starts.get(id)!), window.from);
    await store.command(
      `INSERT INTO ${table}
       SELECT ${list} FROM otel_traces
       WHERE IngestedAt >= {since: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND SessionId IN {ids: Array(String)}
       ORDER BY IngestedAt DESC
       LIMIT 1 BY toStartOfHour(Timestamp), TraceId, SpanId
       LIMIT ${MOST_SPANS + 1}`,
      { since: timestampText(since), to: timestampText(window.to), ids },
      { database, settings: { max_memory_usage: 800_000_000, max_threads: 2, max_execution_time: 30 } },
    );
  }
  const [held] = await store.query<{ spans: string }>(`SELECT count() AS spans FROM ${table}`, {}, { database });
  return Number(held!.spans) <= MOST_SPANS;
}

async function touchedSessions({ store, database, window }: SpanCopy): Promise<string[]> {
  const rows = await store.query<{ SessionId: string }>(
    `SELECT DISTINCT SessionId FROM otel_traces
     WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}`,
    { from: timestampText(window.from), to: timestampText(window.to) },
    { database },
  );
  return rows.map((row) => row.SessionId);
}

/** A session's first span stays its first, so each session is looked up once as long as it goes on. */
async function learnStarts({ store, database, window, starts }: SpanCopy, touched: readonly string[]): Promise<void> {
  const unknown = touched.filter((id) => !starts.has(id));
  const rows =
    unknown.length === 0
      ? []
      : await store.query<{ SessionId: string; first: string }>(
          `SELECT SessionId, min(IngestedAt) AS first FROM otel_traces
           WHERE IngestedAt < {from: DateTime64(6)} AND SessionId IN {unknown: Array(String)}
           GROUP BY SessionId`,
          { from: timestampText(window.from), unknown },
          { database },
        );
  const found = new Map(rows.map((row) => [row.SessionId, timestampMicros(row.first)]));
  for (const id of touched) {
    const start = starts.get(id) ?? found.get(id) ?? window.from;
    // Put last, so that those not touched for longest are forgotten first.
    starts.delete(id);
    starts.set(id, start);
  }
  for (const id of starts.keys()) {
    if (starts.size <= Math.max(MOST_STARTS, touched.length)) break;
    starts.delete(id);
  }
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  const groups = Map.groupBy(items, belongs);
  return [groups.get(true) ?? [], groups.get(false) ?? []];
}
