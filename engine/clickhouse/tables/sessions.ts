import { CodedError } from '../../core/errors.ts';
import type { Session, SessionColumn, SessionSpan } from '../../core/session.ts';
import { timestampText } from '../../core/timestamp.ts';
import type { Window } from '../../core/window.ts';
import type { Store } from '../store.ts';

/** Spans fetched at a time, and of one session at most: bounds of memory, not of meaning. */
const SPANS_PER_FETCH = 50_000;
const MOST_SPANS_OF_A_SESSION = 10_000;

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
  'ToolCallId',
  'TrustedRefs',
  'UntrustedRefs',
  'RequestKinds',
  'RequestDelegates',
  'RequestWords',
  'Calls.Id',
  'Calls.Tool',
  'Calls.Kinds',
  'Calls.Objects',
  'Calls.Words',
  'Calls.Refs',
  'Instructions.Strength',
  'Instructions.Kinds',
  'Instructions.Words',
  'Instructions.Refs',
  'Instructions.Targets',
];

/**
 * Every session that got spans in the window, one at a time, with all its spans ingested before the window's end. `copy` names a table
 * that holds these spans, each once, and no others.
 */
export async function* sessionsTouched(
  store: Store,
  database: string,
  window: Window,
  columns: readonly SessionColumn[],
  copy?: string,
): AsyncGenerator<Session> {
  const unknown = columns.find((column) => !COLUMNS.includes(column));
  if (unknown !== undefined)
    throw new CodedError('RULE_INVALID', `columns: ${unknown} is none that detectors can read`);
  const bounds = { from: timestampText(window.from), to: timestampText(window.to) };
  const table = copy ?? 'otel_traces';
  const touched = await store.query<{ SessionId: string; spans: string }>(
    `SELECT SessionId, count() AS spans FROM ${table}
     WHERE SessionId IN (SELECT SessionId FROM ${table}
                         WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)})
       AND SessionId != '' AND IngestedAt < {to: DateTime64(6)}
     GROUP BY SessionId ORDER BY SessionId`,
    bounds,
    { database },
  );
  for (const ids of fetchesOf(touched)) {
    const rows = await store.query<SessionSpan & { SessionId: string }>(
      `SELECT SessionId, ${columns.join(', ')} FROM ${copy ?? 'otel_traces FINAL'}
       WHERE SessionId IN {ids: Array(String)} AND IngestedAt < {to: DateTime64(6)}
       ORDER BY SessionId, Timestamp, SpanSequence, SpanId
       LIMIT ${MOST_SPANS_OF_A_SESSION} BY SessionId`,
      { ids, to: bounds.to },
      { database },
    );
    yield* groupBySession(rows);
  }
}

/** Sessions in as few groups as their sizes allow; each is read by one query. */
function* fetchesOf(sessions: readonly { SessionId: string; spans: string }[]): Generator<string[]> {
  let ids: string[] = [];
  let total = 0;
  for (const { SessionId, spans } of sessions) {
    const size = Math.min(Number(spans), MOST_SPANS_OF_A_SESSION);
    if (ids.length > 0 && total + size > SPANS_PER_FETCH) {
      yield ids;
      ids = [];
      total = 0;
    }
    ids.push(SessionId);
    total += size;
  }
  if (ids.length > 0) yield ids;
}

function* groupBySession(rows: readonly (SessionSpan & { SessionId: string })[]): Generator<Session> {
  let start = 0;
  for (let end = 1; end <= rows.length; end++) {
    if (end < rows.length && rows[end]!.SessionId === rows[start]!.SessionId) continue;
    yield { id: rows[start]!.SessionId, spans: rows.slice(start, end) };
    start = end;
  }
}

/** Ingest time of the first span or log record in the window, microseconds since 1970; undefined when there is none. */
export async function firstIngested(store: Store, database: string, window: Window): Promise<number | undefined> {
  const [row] = await store.query<{ spans: string; first: string }>(
    `SELECT count() AS spans, toUnixTimestamp64Micro(min(IngestedAt)) AS first FROM (
       SELECT IngestedAt FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
       UNION ALL
       SELECT IngestedAt FROM otel_logs WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)})`,
    { from: timestampText(window.from), to: timestampText(window.to) },
    { database },
  );
  return Number(row!.spans) === 0 ? undefined : Number(row!.first);
}
