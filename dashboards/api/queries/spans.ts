import { z } from 'zod';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { SPAN_ORDER, SPAN_POSITION, type SpanPage, spanPageSql } from './span-page.ts';

const attributes = z.record(z.string(), z.string());
const previewSchema = z.object({ text: z.string().nullable(), length: z.number() });
const count = z.coerce.number();

/** A span as the API shows it. `text` of a preview is null for those who may not read content. */
export const spanSchema = z.object({
  trace_id: z.string(),
  span_id: z.string(),
  parent_span_id: z.string(),
  name: z.string(),
  kind: z.string(),
  started_at: z.string(),
  duration_ns: z.string(),
  status: z.string(),
  status_message: z.string().nullable(),
  service_name: z.string(),
  session_id: z.string(),
  user_id: z.string(),
  agent: z.object({
    id: z.string(),
    name: z.string(),
    version: z.string(),
    framework: z.string(),
    caller_id: z.string(),
  }),
  model: z.string(),
  provider: z.string(),
  tool: z.object({
    name: z.string(),
    category: z.string(),
    direction: z.string(),
    call_id: z.string(),
    mcp_server: z.string(),
  }),
  decision: z.string(),
  step: z.number(),
  prompt_hash: z.string(),
  input_source: z.string(),
  memory_operation: z.string(),
  write_provenance: z.string(),
  tokens: z.object({
    input: count,
    cache_read: count,
    cache_write: count,
    output: count,
    reasoning: count,
  }),
  cost_usd: z.number(),
  finish_reason: z.string(),
  prompt: previewSchema,
  completion: previewSchema,
  tool_arguments: previewSchema,
  tool_result: previewSchema,
  redactions: z.array(z.object({ class: z.string(), kind: z.string(), path: z.string(), fingerprint: z.string() })),
  attributes,
  resource: attributes,
  events: z.array(z.object({ at: z.string(), name: z.string(), attributes })),
  ingested_at: z.string(),
});
export type ShownSpan = z.output<typeof spanSchema>;

/** RFC 3339 of a DateTime64 expression, with all its decimals. */
const rfc3339 = (expression: string) => `concat(replaceOne(toString(${expression}), ' ', 'T'), 'Z')`;
const preview = (column: string) => `CAST((${column}Preview, ${column}Length), 'Tuple(text String, length UInt32)')`;

const COLUMNS = `
  TraceId AS trace_id, SpanId AS span_id, ParentSpanId AS parent_span_id, SpanName AS name, Kind AS kind,
  ${rfc3339('Timestamp')} AS started_at, toString(Duration) AS duration_ns, StatusCode AS status,
  StatusMessage AS status_message, ServiceName AS service_name, SessionId AS session_id, UserId AS user_id,
  CAST((AgentId, AgentName, AgentVersion, AgentFramework, CallerAgentId),
    'Tuple(id String, name String, version String, framework String, caller_id String)') AS agent,
  Model AS model, Provider AS provider,
  CAST((ToolName, ToolCategory, ToolDirection, ToolCallId, McpServer),
    'Tuple(name String, category String, direction String, call_id String, mcp_server String)') AS tool,
  Decision AS decision, Step AS step, PromptHash AS prompt_hash, InputSource AS input_source,
  MemoryOperation AS memory_operation, WriteProvenance AS write_provenance,
  CAST((InputTokens, CacheReadTokens, CacheWriteTokens, OutputTokens, ReasoningTokens),
    'Tuple(input UInt64, cache_read UInt64, cache_write UInt64, output UInt64, reasoning UInt64)') AS tokens,
  CostUsd AS cost_usd, FinishReason AS finish_reason,
  ${preview('Prompt')} AS prompt, ${preview('Completion')} AS completion,
  ${preview('ToolArguments')} AS tool_arguments, ${preview('ToolResult')} AS tool_result,
  arrayMap((class, kind, path, fingerprint) -> CAST((class, kind, path, fingerprint),
    'Tuple(class String, kind String, path String, fingerprint String)'),
    Redactions.Class, Redactions.Kind, Redactions.Path, Redactions.Fingerprint) AS redactions,
  SpanAttributes AS attributes, ResourceAttributes AS resource,
  arrayMap((at, name, attributes) -> CAST((${rfc3339('at')}, name, attributes),
    'Tuple(at String, name String, attributes Map(String, String))'),
    Events.Timestamp, Events.Name, Events.Attributes) AS events,
  ${rfc3339('IngestedAt')} AS ingested_at`;

/** A page of spans, and the position of its last when more follow. */
export interface Spans<Span> {
  readonly spans: Span[];
  readonly next: readonly string[] | undefined;
}

/** Spans of one session or trace, oldest first. */
export async function readSpans(
  store: Store,
  database: string,
  of: { session: string } | { trace: string },
  page: SpanPage,
  /** Keeps attributes of those keys alone, and no previews; everything when undefined. */
  onlyStructural: ((key: string) => boolean) | undefined,
): Promise<Spans<ShownSpan>> {
  const [column, id] = 'session' in of ? ['SessionId', of.session] : ['TraceId', of.trace];
  const { condition, params } = spanPageSql(page);
  const rows = await store.query<{ position: string[] }>(
    `SELECT ${COLUMNS}, ${SPAN_POSITION} FROM otel_traces FINAL WHERE ${column} = {id: String} AND ${condition}
     ORDER BY ${SPAN_ORDER} LIMIT {limit: UInt32}`,
    { id, ...params },
    { database },
  );
  const spans = rows.slice(0, page.limit).map((row) => spanSchema.parse(row));
  return {
    spans: onlyStructural ? spans.map((span) => withoutContent(span, onlyStructural)) : spans,
    next: rows.length > page.limit ? rows[page.limit - 1]?.position : undefined,
  };
}

/** One span whole; undefined when it is not there. `onlyStructural` as above. */
export async function readSpan(
  store: Store,
  database: string,
  trace: string,
  span: string,
  onlyStructural: ((key: string) => boolean) | undefined,
): Promise<ShownSpan | undefined> {
  const [row] = await store.query(
    `SELECT ${COLUMNS} FROM otel_traces FINAL WHERE TraceId = {trace: String} AND SpanId = {span: String} LIMIT 1`,
    { trace, span },
    { database },
  );
  if (row === undefined) return undefined;
  const shown = spanSchema.parse(row);
  return onlyStructural ? withoutContent(shown, onlyStructural) : shown;
}

/** The span as those see it who may know what happened but not what was said. */
function withoutContent(span: ShownSpan, isStructuralKey: (key: string) => boolean): ShownSpan {
  const structural = (map: Record<string, string>) =>
    Object.fromEntries(Object.entries(map).filter(([key]) => isStructuralKey(key)));
  const unsaid = { text: null };
  return {
    ...span,
    status_message: null,
    prompt: { ...span.prompt, ...unsaid },
    completion: { ...span.completion, ...unsaid },
    tool_arguments: { ...span.tool_arguments, ...unsaid },
    tool_result: { ...span.tool_result, ...unsaid },
    attributes: structural(span.attributes),
    resource: structural(span.resource),
    events: span.events.map((event) => ({ ...event, attributes: structural(event.attributes) })),
  };
}
