import { z } from 'zod';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { spansOf } from './cohort.ts';
import type { WindowSql } from './span-window.ts';

/** What leaders' figures can be broken down by. */
const GROUPS = {
  day: 'toString(toDate(Timestamp))',
  agent: 'AgentId',
  user: 'UserId',
  model: 'Model',
  provider: 'Provider',
  tool: 'ToolName',
  environment: 'Environment',
  framework: 'AgentFramework',
} as const;
export type UsageGroup = keyof typeof GROUPS;
export const USAGE_GROUPS = Object.keys(GROUPS) as [UsageGroup, ...UsageGroup[]];

const count = z.coerce.number();

export const usageSchema = z.object({
  /** '' for spans that do not say. */
  key: z.string(),
  sessions: count,
  users: count,
  agents: count,
  llm_calls: count,
  tool_calls: count,
  errors: count,
  input_tokens: count,
  cache_read_tokens: count,
  cache_write_tokens: count,
  output_tokens: count,
  cost_usd: z.number(),
});

/** Groups with the most cost first (days in their order), at most `limit`. */
export async function readUsage(
  store: Store,
  database: string,
  group: UsageGroup,
  window: WindowSql,
  limit: number,
  /** See cohort.ts. */
  least?: number,
): Promise<z.output<typeof usageSchema>[]> {
  const rows = await store.query(
    `SELECT
       CohortKey AS key,
       uniqIf(SessionId, SessionId != '') AS sessions,
       uniqIf(UserId, UserId != '') AS users,
       uniqIf(AgentId, AgentId != '') AS agents,
       countIf(Kind = 'llm') AS llm_calls,
       countIf(Kind = 'tool') AS tool_calls,
       countIf(StatusCode = 'Error') AS errors,
       sum(InputTokens) AS input_tokens,
       sum(CacheReadTokens) AS cache_read_tokens,
       sum(CacheWriteTokens) AS cache_write_tokens,
       sum(OutputTokens) AS output_tokens,
       sum(CostUsd) AS cost_usd
     FROM ${spansOf(least, GROUPS[group], `${window.condition} AND Kind != ''`)}
     WHERE ${window.condition} AND Kind != ''
     GROUP BY key ORDER BY ${group === 'day' ? '' : 'cost_usd DESC, llm_calls + tool_calls DESC, '}key LIMIT {limit: UInt32}`,
    { ...window.params, limit },
    { database },
  );
  return rows.map((row) => usageSchema.parse(row));
}
