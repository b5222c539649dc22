import { CodedError } from '../../core/errors.ts';
import type { Session, SessionColumn, SessionSpan } from '../../core/session.ts';
import { timestampText } from '../../core/timestamp.ts';
import type { Window } from '../../core/window.ts';
import type { Store } from '../store.ts';

/** Sessions fetched at a time, and spans of one session that a detector gets at most: bounds of memory, not of meaning. */
const SESSIONS_PER_FETCH = 50;
export const MOST_SPANS_OF_A_SESSION = 10_000;

/** What a detector may ask for: names go into the statement, so they come from here alone. */
const COLUMNS: readonly SessionColumn[] = [
  'TraceId',
  'SpanId',
  'ParentSpanId',
  'Timestamp',
  'Duration',
  'SpanName',
  'StatusCode',
  'Kind',
  'UserId',
  'AgentId',
  'AgentName',
  'AgentVersion',
  'AgentFramework',
  'Model',
  'ToolName',
  'ToolCategory',
  'ToolDirection',
  'Decision',
  'DecisionTool',
  'Step',
  'StepCount',
  'InputSource',
  'MemoryOperation',
  'WriteProvenance',
  'InputTokens',
  'OutputTokens',
  'CostUsd',
  'ToolArgumentsPreview',
  'ToolResultPreview',
];

/** Every session that got spans in the window, one at a time, with all its spans ingested before the window's end. */
export async function* sessionsTouched(
  store: Store,
  database: string,
  window: Window,
  columns: readonly SessionColumn[],
): AsyncGenerator<Session> {
  const unknown = columns.find((column) => !COLUMNS.includes(column));
  if (unknown !== undefined)
    throw new CodedError('RULE_INVALID', `columns: ${unknown} is none that detectors can read`);
  const bounds = { from: timestampText(window.from), to: timestampText(window.to) };
  const touched = await store.query<{ SessionId: string }>(
    `SELECT DISTINCT SessionId FROM otel_traces
     WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND SessionId != ''
     ORDER BY SessionId`,
    bounds,
    { database },
  );
  for (let i = 0; i < touched.length; i += SESSIONS_PER_FETCH) {
    const ids = touched.slice(i, i + SESSIONS_PER_FETCH).map((row) => row.SessionId);
    const rows = await store.query<SessionSpan & { SessionId: string }>(
      `SELECT SessionId, ${columns.join(', ')} FROM otel_traces FINAL
       WHERE SessionId IN {ids: Array(String)} AND IngestedAt < {to: DateTime64(6)}
       ORDER BY SessionId, Timestamp, SpanSequence, SpanId
       LIMIT ${MOST_SPANS_OF_A_SESSION} BY SessionId`,
      { ids, to: bounds.to },
      { database },
    );
    yield* groupBySession(rows);
  }
}

function* groupBySession(rows: readonly (SessionSpan & { SessionId: string })[]): Generator<Session> {
  let start = 0;
  for (let end = 1; end <= rows.length; end++) {
    if (end < rows.length && rows[end]!.SessionId === rows[start]!.SessionId) continue;
    yield { id: rows[start]!.SessionId, spans: rows.slice(start, end) };
    start = end;
  }
}

/** Whether any span was ingested in the window. */
export async function anyIngested(store: Store, database: string, window: Window): Promise<boolean> {
  const rows = await store.query(
    `SELECT 1 FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} LIMIT 1`,
    { from: timestampText(window.from), to: timestampText(window.to) },
    { database },
  );
  return rows.length > 0;
}
