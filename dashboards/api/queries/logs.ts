import { z } from 'zod';
import type { Store } from '../../../engine/clickhouse/store.ts';

const map = z.record(z.string(), z.string());
const count = z.coerce.number();

/** A log record as the API shows it. `body` is null for those who may not read content. */
export const logSchema = z.object({
  id: z.string(),
  at: z.string(),
  event: z.string().describe("Whole name; '' for a plain message"),
  severity: z.string(),
  severity_number: z.number(),
  body: z.string().nullable(),
  body_length: count.describe('UTF-16 units before redaction and clipping'),
  trace_id: z.string(),
  span_id: z.string(),
  event_trace_id: z.string().describe('The span that the record became'),
  event_span_id: z.string(),
  service_name: z.string(),
  user_id: z.string(),
  agent_id: z.string(),
  tool: z.string(),
  model: z.string(),
  attributes: map,
  redactions: z.array(z.object({ class: z.string(), kind: z.string(), path: z.string(), fingerprint: z.string() })),
});
export type ShownLog = z.output<typeof logSchema>;

export interface LogPage {
  /** Time in nanoseconds and id of the record behind which to go on. */
  readonly after?: readonly string[] | undefined;
  readonly limit: number;
}

/** Log records of a session, oldest first; one more than `limit`. */
export async function readLogs(
  store: Store,
  database: string,
  session: string,
  { after, limit }: LogPage,
  /** Keeps attributes of those keys alone, and no body; everything when undefined. */
  onlyStructural: ((key: string) => boolean) | undefined,
): Promise<ShownLog[]> {
  const behind = after === undefined ? '1' : '(toUnixTimestamp64Nano(Timestamp), LogId) > ({at: Int64}, {id: String})';
  const rows = await store.query(
    `SELECT LogId AS id, concat(replaceOne(toString(Timestamp), ' ', 'T'), 'Z') AS at, EventName AS event,
       SeverityText AS severity, SeverityNumber AS severity_number, Body AS body, BodyLength AS body_length,
       TraceId AS trace_id, SpanId AS span_id, EventTraceId AS event_trace_id, EventSpanId AS event_span_id,
       ServiceName AS service_name, UserId AS user_id, AgentId AS agent_id, ToolName AS tool, Model AS model,
       LogAttributes AS attributes,
       arrayMap((class, kind, path, fingerprint) -> CAST((class, kind, path, fingerprint),
         'Tuple(class String, kind String, path String, fingerprint String)'),
         Redactions.Class, Redactions.Kind, Redactions.Path, Redactions.Fingerprint) AS redactions
     FROM otel_logs FINAL WHERE SessionId = {session: String} AND ${behind}
     ORDER BY Timestamp, LogId LIMIT {limit: UInt32}`,
    { session, at: after?.[0] ?? '0', id: after?.[1] ?? '', limit: limit + 1 },
    { database },
  );
  const logs = rows.map((row) => logSchema.parse(row));
  return onlyStructural ? logs.map((log) => withoutContent(log, onlyStructural)) : logs;
}

function withoutContent(log: ShownLog, isStructuralKey: (key: string) => boolean): ShownLog {
  const attributes = Object.entries(log.attributes).filter(([key]) => isStructuralKey(key));
  return { ...log, body: null, attributes: Object.fromEntries(attributes) };
}
