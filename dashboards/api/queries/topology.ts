import { z } from 'zod';
import type { Store } from '../../../engine/clickhouse/store.ts';
import type { WindowSql } from './span-window.ts';

const count = z.coerce.number();
const KINDS = ['agent', 'tool', 'mcp', 'memory', 'model'] as const;

/** Who reaches what: an agent calls a tool, a model, another agent or reads and writes a memory; a tool stands on an MCP server. */
export const topologySchema = z.object({
  edges: z.array(
    z.object({
      from_kind: z.enum(KINDS),
      from: z.string(),
      to_kind: z.enum(KINDS),
      to: z.string(),
      calls: count,
      errors: count,
      sessions: count,
      evidence: count.describe('Spans of it that are evidence of an alert'),
      category: z.string().describe('Of the tool; empty for the others'),
    }),
  ),
  truncated: z.boolean().describe('There are more edges; those with the most calls are here'),
});
export type Topology = z.output<typeof topologySchema>;

/** A graph of more is no picture any more. */
const MOST_EDGES = 400;

/** Each edge: its kinds, what stands at its ends, and which spans make it. */
const EDGES = [
  { from: ['agent', 'AgentId'], to: ['tool', 'ToolName'], of: "Kind = 'tool'" },
  { from: ['agent', 'AgentId'], to: ['model', 'Model'], of: "Kind = 'llm'" },
  { from: ['agent', 'AgentId'], to: ['memory', 'MemoryStoreId'], of: "MemoryOperation != ''" },
  { from: ['agent', 'CallerAgentId'], to: ['agent', 'AgentId'], of: 'CallerAgentId != AgentId' },
  { from: ['tool', 'ToolName'], to: ['mcp', 'McpServer'], of: "Kind = 'tool'" },
] as const;

export async function readTopology(store: Store, database: string, window: WindowSql): Promise<Topology> {
  const parts = EDGES.map(
    ({ from, to, of }) => `
      SELECT '${from[0]}' AS from_kind, ${from[1]} AS from_name, '${to[0]}' AS to_kind, ${to[1]} AS to_name,
        count() AS calls, countIf(StatusCode = 'Error') AS errors, uniq(SessionId) AS sessions,
        countIf((TraceId, SpanId) IN (SELECT span.trace_id, span.span_id FROM alerts ARRAY JOIN evidence AS span)) AS evidence,
        any(${to[0] === 'tool' ? 'ToolCategory' : "''"}) AS category
      FROM otel_traces FINAL
      WHERE ${window.condition} AND ${of} AND ${from[1]} != '' AND ${to[1]} != ''
      GROUP BY from_name, to_name`,
  );
  const rows = await store.query(
    `SELECT from_kind, from_name AS from, to_kind, to_name AS to, calls, errors, sessions, evidence, category
     FROM (${parts.join(' UNION ALL ')})
     ORDER BY evidence > 0 DESC, calls DESC, from, to LIMIT {limit: UInt32}`,
    { ...window.params, limit: MOST_EDGES + 1 },
    { database },
  );
  return topologySchema.parse({ edges: rows.slice(0, MOST_EDGES), truncated: rows.length > MOST_EDGES });
}
