import { z } from 'zod';
import { CALL_KEY } from '../../../engine/clickhouse/one-call.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { rfc3339 } from '../../../engine/core/timestamp.ts';
import { OTHERS, spansOf } from './cohort.ts';
import type { WindowSql } from './span-window.ts';

const count = z.coerce.number();

/** A tool in the inventory. Times are RFC 3339 UTC. */
export const toolSchema = z.object({
  name: z.string(),
  categories: z.array(z.string()),
  directions: z.array(z.string()),
  mcp_servers: z.array(z.string()),
  agents: z.array(z.string()),
  sessions: count,
  calls: count,
  errors: count,
  denied: count,
  first_seen: z.string(),
  last_seen: z.string(),
});

/** Tools that were called in the window, by name, from behind `after`. */
export async function listTools(
  store: Store,
  database: string,
  window: WindowSql,
  after: string,
  limit: number,
  /** See cohort.ts. */
  least?: number,
): Promise<z.output<typeof toolSchema>[]> {
  const rows = await store.query(
    `SELECT
       ToolName AS name,
       groupUniqArrayIf(8)(ToolCategory, ToolCategory != '') AS categories,
       groupUniqArrayIf(3)(ToolDirection, ToolDirection != '') AS directions,
       groupUniqArrayIf(20)(McpServer, McpServer != '') AS mcp_servers,
       groupUniqArrayIf(100)(AgentId, AgentId != '') AS agents,
       uniq(SessionId) AS sessions,
       uniqExact(${CALL_KEY}) AS calls,
       countIf(StatusCode = 'Error') AS errors,
       countIf(GuardrailVerdict IN ('deny', 'reject', 'block')) AS denied,
       min(Timestamp) AS first_seen,
       max(Timestamp) AS last_seen
     FROM ${spansOf(least, 'ToolName', `${window.condition} AND ToolName != ''`)}
     WHERE ${window.condition} AND CohortKey != '${least === undefined ? '' : OTHERS}' AND ToolName != '' AND ToolName > {after: String}
     GROUP BY ToolName ORDER BY name LIMIT {limit: UInt32}`,
    { ...window.params, after, limit },
    { database },
  );
  return rows.map((row) => {
    const tool = toolSchema.parse(row);
    return { ...tool, first_seen: rfc3339(tool.first_seen), last_seen: rfc3339(tool.last_seen) };
  });
}
