import type { SessionState } from '../../core/summary-source.ts';
import { timestampText } from '../../core/timestamp.ts';
import type { Store } from '../store.ts';

/**
 * Names under which senders say that a session has ended: as a span's name, or an event's.
 * Claude Code's hook of that name; the general conventions' event `session.end`.
 */
const END_NAMES = ['SessionEnd', 'session.end', 'session_end', 'claude_code.session_end'];

/** Sessions of one query, so that its parameters stay small. */
const IDS_A_QUERY = 1_000;

/**
 * A span belongs to the session that it names. One without a name has its trace's id for a session: it belongs to the session that
 * other spans of the trace name, as those of a sub-agent or a service that was not told.
 */
const OWN_TRACE = 'SessionId = TraceId';

export interface TouchedSession {
  readonly id: string;
  /** Of the spans within the window; microseconds since 1970. */
  readonly lastIngested: number;
  readonly ended: boolean;
}

/** Sessions that got spans in the half-open window (microseconds since 1970), of all their traces. */
export async function touchedSessions(
  store: Store,
  database: string,
  window: { readonly from: number; readonly to: number },
): Promise<TouchedSession[]> {
  const rows = await store.query<{ id: string; last: string; ends: string }>(
    `WITH recent AS
     (
         SELECT SessionId, TraceId, max(IngestedAt) AS last, countIf(${ended()}) AS ends
         FROM otel_traces
         WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND SessionId != ''
         GROUP BY SessionId, TraceId
     )
     SELECT
         if(${OWN_TRACE} AND owner != '', owner, SessionId) AS id,
         toUnixTimestamp64Micro(max(last)) AS last,
         sum(ends) AS ends
     FROM recent
     LEFT JOIN
     (
         SELECT TraceId, min(SessionId) AS owner
         FROM otel_traces
         WHERE TraceId IN (SELECT TraceId FROM recent WHERE ${OWN_TRACE}) AND SessionId NOT IN ('', TraceId)
         GROUP BY TraceId
     ) AS named ON named.TraceId = recent.TraceId
     GROUP BY id
     ORDER BY last, id`,
    { from: timestampText(window.from), to: timestampText(window.to), ends: END_NAMES },
    { database },
  );
  return rows.map(({ id, last, ends }) => ({ id, lastIngested: Number(last), ended: Number(ends) > 0 }));
}

/** Where sessions and their summaries stand, in the order of the ids; ones without spans are left out. */
export async function readSessionStates(
  store: Store,
  database: string,
  ids: readonly string[],
): Promise<SessionState[]> {
  const found = new Map<string, SessionState>();
  for (let start = 0; start < ids.length; start += IDS_A_QUERY) {
    for (const state of await readSome(store, database, ids.slice(start, start + IDS_A_QUERY))) {
      found.set(state.id, state);
    }
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

interface StateRow {
  readonly id: string;
  readonly version: string;
  readonly spans: string;
  readonly last: string;
  readonly ends: string;
  readonly summaries: string;
  readonly session_version: string;
  readonly revision: number;
  readonly prompt_hash: string;
  readonly model: string;
  readonly fallback: string;
  readonly made: string;
}

async function readSome(store: Store, database: string, ids: readonly string[]): Promise<SessionState[]> {
  const rows = await store.query<StateRow>(
    `SELECT id, version, spans, last, ends, made_at > 0 AS summaries, session_version, revision, prompt_hash, model, fallback,
         toUnixTimestamp64Micro(made_at) AS made
     FROM
     (
         SELECT
             ${sessionOf('t')} AS id,
             lower(hex(sipHash64(groupBitXor(cityHash64(TraceId, SpanId)), count()))) AS version,
             count() AS spans,
             toUnixTimestamp64Micro(max(IngestedAt)) AS last,
             countIf(${ended()}) AS ends
         FROM otel_traces AS t FINAL
         LEFT JOIN (${OWNERS}) AS named ON named.TraceId = t.TraceId
         WHERE ${spansOfSessions()}
         GROUP BY id
     ) AS s
     LEFT JOIN (SELECT * FROM session_summaries FINAL WHERE session_id IN {ids: Array(String)}) AS m ON m.session_id = s.id
     WHERE id IN {ids: Array(String)}`,
    { ids, ends: END_NAMES },
    { database },
  );
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    spans: Number(row.spans),
    lastIngested: Number(row.last),
    ended: Number(row.ends) > 0,
    summary:
      Number(row.summaries) === 0
        ? undefined
        : {
            version: row.session_version,
            revision: row.revision,
            promptHash: row.prompt_hash,
            model: row.model,
            fallback: row.fallback,
            madeAt: Number(row.made),
          },
  }));
}

/** For `{ids: Array(String)}`: which traces hold spans that name one of these sessions. */
export const OWNERS = `
  SELECT TraceId, min(SessionId) AS owner FROM otel_traces
  WHERE SessionId IN {ids: Array(String)} AND SessionId != TraceId GROUP BY TraceId`;

/** Every span of these sessions, those that name none included. By trace first, for which there is an index. */
export function spansOfSessions(): string {
  return `TraceId IN (SELECT TraceId FROM otel_traces WHERE SessionId IN {ids: Array(String)})
    AND (SessionId IN {ids: Array(String)} OR ${OWN_TRACE})`;
}

function sessionOf(table: string): string {
  return `if(${table}.SessionId = ${table}.TraceId AND named.owner != '', named.owner, ${table}.SessionId)`;
}

function ended(): string {
  return 'SpanName IN {ends: Array(String)} OR hasAny(Events.Name, {ends: Array(String)})';
}
