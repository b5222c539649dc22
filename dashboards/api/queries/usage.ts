import { z } from 'zod';
import { spansOnce } from '../../../engine/clickhouse/one-call.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { spansOf } from './cohort.ts';
import { metricUsage } from './metric-usage.ts';
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
  /** From here on only what coding tools' metrics tell. */
  lines_added: count,
  lines_removed: count,
  commits: count,
  pull_requests: count,
  active_seconds: count,
  edits_accepted: count,
  edits_rejected: count,
});

/** Columns that spans and metrics have both, and those that only metrics fill. */
const SHARED =
  'Timestamp, SessionId, UserId, AgentId, AgentFramework, toString(Model) AS Model, toString(Provider) AS Provider, toString(ToolName) AS ToolName, toString(Environment) AS Environment';
const TOKENS = ['InputTokens', 'CacheReadTokens', 'CacheWriteTokens', 'OutputTokens'];
const MEASURED = [
  'lines_added',
  'lines_removed',
  'commits',
  'pull_requests',
  'active_seconds',
  'edits_accepted',
  'edits_rejected',
  'unnamed_sessions',
];

/** A subquery with what was used in the window: each call once, and what only metrics tell. */
function usedIn(condition: string): string {
  return `(
       SELECT ${SHARED}, toString(Kind) AS Kind, toString(StatusCode) AS StatusCode, call,
         ${TOKENS.map((name) => `toInt64(${name}) AS ${name}`).join(', ')}, CostUsd,
         ${MEASURED.map((name) => `toFloat64(0) AS ${name}`).join(', ')}
       FROM ${spansOnce(`${condition} AND Kind != ''`)}
       UNION ALL
       SELECT ${SHARED}, '' AS Kind, '' AS StatusCode, toUInt64(0) AS call, ${TOKENS.join(', ')}, CostUsd, ${MEASURED.join(', ')}
       FROM ${metricUsage(condition)}
     )`;
}

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
       uniqIf(SessionId, SessionId != '') + round(sum(unnamed_sessions)) AS sessions,
       uniqIf(UserId, UserId != '') AS users,
       uniqIf(AgentId, AgentId != '') AS agents,
       uniqExactIf(call, Kind = 'llm') AS llm_calls,
       uniqExactIf(call, Kind = 'tool') AS tool_calls,
       uniqExactIf(call, StatusCode = 'Error') AS errors,
       sum(InputTokens) AS input_tokens,
       sum(CacheReadTokens) AS cache_read_tokens,
       sum(CacheWriteTokens) AS cache_write_tokens,
       sum(OutputTokens) AS output_tokens,
       sum(CostUsd) AS cost_usd,
       ${MEASURED.slice(0, -1)
         .map((name) => `round(sum(${name})) AS ${name}`)
         .join(', ')}
     FROM ${spansOf(least, GROUPS[group], '1', usedIn(window.condition))}
     GROUP BY key ORDER BY ${group === 'day' ? '' : 'cost_usd DESC, llm_calls + tool_calls DESC, '}key LIMIT {limit: UInt32}`,
    { ...window.params, limit },
    { database },
  );
  return rows.map((row) => usageSchema.parse(row));
}
