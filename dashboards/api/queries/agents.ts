import { z } from 'zod';
import { CALL_KEY } from '../../../engine/clickhouse/one-call.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { rfc3339 } from '../../../engine/core/timestamp.ts';
import { OTHERS, spansOf } from './cohort.ts';
import type { WindowSql } from './span-window.ts';

const count = z.coerce.number();

/** An agent in the inventory. Times are RFC 3339 UTC. */
export const agentSchema = z.object({
  id: z.string(),
  name: z.string(),
  frameworks: z.array(z.string()),
  versions: z.array(z.string()),
  environments: z.array(z.string()),
  models: z.array(z.string()),
  tools: z.array(z.string()),
  prompt_hashes: count,
  users: count,
  sessions: count,
  spans: count,
  errors: count,
  cost_usd: z.number(),
  first_seen: z.string(),
  last_seen: z.string(),
});

/** Agents with spans in the window, by id, from behind `after`. */
export async function listAgents(
  store: Store,
  database: string,
  window: WindowSql,
  after: string,
  limit: number,
  /** See cohort.ts. */
  least?: number,
): Promise<z.output<typeof agentSchema>[]> {
  const rows = await store.query(
    `SELECT
       AgentId AS id,
       argMaxIf(AgentName, Timestamp, AgentName != '') AS name,
       groupUniqArrayIf(10)(AgentFramework, AgentFramework != '') AS frameworks,
       groupUniqArrayIf(50)(AgentVersion, AgentVersion != '') AS versions,
       groupUniqArrayIf(10)(Environment, Environment != '') AS environments,
       groupUniqArrayIf(50)(Model, Model != '') AS models,
       groupUniqArrayIf(200)(ToolName, ToolName != '') AS tools,
       uniqIf(PromptHash, PromptHash != '') AS prompt_hashes,
       uniqIf(UserId, UserId != '') AS users,
       uniq(SessionId) AS sessions,
       count() AS spans,
       countIf(StatusCode = 'Error') AS errors,
       toFloat64(arraySum(maxMapIf([${CALL_KEY}], [CostUsd], CostUsd > 0).2)) AS cost_usd,
       min(Timestamp) AS first_seen,
       max(Timestamp) AS last_seen
     FROM ${spansOf(least, 'AgentId', `${window.condition} AND AgentId != ''`)}
     WHERE ${window.condition} AND CohortKey != '${least === undefined ? '' : OTHERS}' AND AgentId != '' AND AgentId > {after: String}
     GROUP BY AgentId ORDER BY id LIMIT {limit: UInt32}`,
    { ...window.params, after, limit },
    { database },
  );
  return rows.map((row) => {
    const agent = agentSchema.parse(row);
    return { ...agent, first_seen: rfc3339(agent.first_seen), last_seen: rfc3339(agent.last_seen) };
  });
}
