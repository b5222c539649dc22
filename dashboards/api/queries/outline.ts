import { z } from 'zod';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { SPAN_ORDER, SPAN_POSITION, type SpanPage, spanPageSql } from './span-page.ts';
import type { Spans } from './spans.ts';

const count = z.coerce.number();
const text = z.string().nullable();

/** A span as the waterfall and the story of a session need it: without attributes, texts clipped. */
export const outlineSpanSchema = z.object({
  trace_id: z.string(),
  span_id: z.string(),
  parent_span_id: z.string(),
  name: z.string(),
  kind: z.string(),
  started_at: z.string(),
  duration_ns: z.string(),
  status: z.string(),
  agent_id: z.string(),
  model: z.string(),
  tool: z.string(),
  tool_category: z.string(),
  tool_direction: z.string(),
  decision: z.string(),
  step: z.number(),
  input_source: z.string(),
  memory_operation: z.string(),
  write_provenance: z.string(),
  verdict: z.string(),
  tokens: count,
  cost_usd: z.number(),
  redactions: count,
  /** What was said, at most 1,200 characters each; null for those who may not read content. */
  prompt: text,
  completion: text,
  tool_arguments: text,
  tool_result: text,
});
export type OutlineSpan = z.output<typeof outlineSpanSchema>;

const MOST_CHARACTERS = 1_200;
const said = (column: string) => `substringUTF8(${column}Preview, 1, ${MOST_CHARACTERS})`;

/** Spans of a session, oldest first. */
export async function readOutline(
  store: Store,
  database: string,
  session: string,
  page: SpanPage,
  mayReadContent: boolean,
): Promise<Spans<OutlineSpan>> {
  const content = (column: string) => (mayReadContent ? said(column) : 'NULL');
  const { condition, params } = spanPageSql(page);
  const rows = await store.query<{ position: string[] }>(
    `SELECT
       TraceId AS trace_id, SpanId AS span_id, ParentSpanId AS parent_span_id, SpanName AS name, Kind AS kind,
       concat(replaceOne(toString(Timestamp), ' ', 'T'), 'Z') AS started_at, toString(Duration) AS duration_ns,
       StatusCode AS status, AgentId AS agent_id, Model AS model, ToolName AS tool, ToolCategory AS tool_category,
       ToolDirection AS tool_direction, Decision AS decision, Step AS step, InputSource AS input_source,
       MemoryOperation AS memory_operation, WriteProvenance AS write_provenance, GuardrailVerdict AS verdict,
       InputTokens + CacheReadTokens + CacheWriteTokens + OutputTokens AS tokens, CostUsd AS cost_usd,
       length(Redactions.Kind) AS redactions,
       ${content('Prompt')} AS prompt, ${content('Completion')} AS completion,
       ${content('ToolArguments')} AS tool_arguments, ${content('ToolResult')} AS tool_result, ${SPAN_POSITION}
     FROM otel_traces FINAL WHERE SessionId = {session: String} AND ${condition}
     ORDER BY ${SPAN_ORDER} LIMIT {limit: UInt32}`,
    { session, ...params },
    { database },
  );
  return {
    spans: rows.slice(0, page.limit).map((row) => outlineSpanSchema.parse(row)),
    next: rows.length > page.limit ? rows[page.limit - 1]?.position : undefined,
  };
}
