import { z } from 'zod';
import { CALL_KEY, SAYS_USAGE } from '../../../engine/clickhouse/one-call.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { rfc3339 } from '../../../engine/core/timestamp.ts';
import type { WindowSql } from './span-window.ts';

/** What happened in a session, in figures. Times are RFC 3339 UTC. */
export const sessionSchema = z.object({
  id: z.string(),
  started_at: z.string(),
  ended_at: z.string(),
  agents: z.array(z.string()),
  users: z.array(z.string()),
  models: z.array(z.string()),
  tools: z.array(z.string()),
  traces: z.coerce.number(),
  spans: z.coerce.number(),
  llm_calls: z.coerce.number(),
  tool_calls: z.coerce.number(),
  errors: z.coerce.number(),
  input_tokens: z.coerce.number(),
  output_tokens: z.coerce.number(),
  cost_usd: z.number(),
});
export type SessionFigures = z.output<typeof sessionSchema>;

/** Longest time one span is believed to last, ns: a wrong clock must not put a session's end centuries away. */
const MOST_DURATION = '86400000000000';

const FIGURES = `
  SessionId AS id,
  min(Timestamp) AS started_at,
  max(addNanoseconds(Timestamp, least(Duration, ${MOST_DURATION}))) AS ended_at,
  groupUniqArrayIf(20)(AgentId, AgentId != '') AS agents,
  groupUniqArrayIf(20)(UserId, UserId != '') AS users,
  groupUniqArrayIf(20)(Model, Model != '') AS models,
  groupUniqArrayIf(50)(ToolName, ToolName != '') AS tools,
  uniq(TraceId) AS traces,
  count() AS spans,
  uniqExactIf(${CALL_KEY}, Kind = 'llm') AS llm_calls,
  uniqExactIf(${CALL_KEY}, Kind = 'tool') AS tool_calls,
  countIf(StatusCode = 'Error') AS errors,
  maxMapIf(
    [${CALL_KEY}], [InputTokens + CacheReadTokens + CacheWriteTokens], [OutputTokens], [CostUsd], ${SAYS_USAGE}
  ) AS used,
  arraySum(used.2) AS input_tokens,
  arraySum(used.3) AS output_tokens,
  toFloat64(arraySum(used.4)) AS cost_usd`;

export interface SessionFilter {
  readonly window: WindowSql;
  readonly agent?: string | undefined;
  readonly user?: string | undefined;
  /** Sessions that called it. */
  readonly tool?: string | undefined;
  /** A condition, for the sessions of one person alone. */
  readonly own?: { readonly condition: string; readonly params: Readonly<Record<string, unknown>> } | undefined;
  /** Start and id of the session behind which to go on. */
  readonly after?: readonly string[] | undefined;
  readonly limit: number;
}

/** Sessions with spans in the window, the latest start first. */
export async function findSessions(store: Store, database: string, filter: SessionFilter): Promise<SessionFigures[]> {
  const { window, agent, user, tool, own, after, limit } = filter;
  const conditions = [window.condition, "SessionId != ''"];
  if (agent !== undefined) conditions.push('AgentId = {agent: String}');
  if (user !== undefined) conditions.push('UserId = {user: String}');
  if (own !== undefined) conditions.push(own.condition);
  // In a subquery: the figures are of the whole session, not of the spans of that tool.
  if (tool !== undefined)
    conditions.push(
      `SessionId IN (SELECT SessionId FROM otel_traces WHERE ${window.condition} AND ToolName = {tool: String})`,
    );
  const having = after ? "HAVING (started_at, id) < ({after: DateTime64(9, 'UTC')}, {after_id: String})" : '';
  const rows = await store.query(
    `SELECT ${FIGURES} FROM otel_traces FINAL WHERE ${conditions.join(' AND ')}
     GROUP BY SessionId ${having} ORDER BY started_at DESC, id DESC LIMIT {limit: UInt32}`,
    {
      ...window.params,
      ...own?.params,
      agent: agent ?? '',
      user: user ?? '',
      tool: tool ?? '',
      after: after?.[0] ?? '',
      after_id: after?.[1] ?? '',
      limit,
    },
    { database },
  );
  return rows.map(toSession);
}

/** One session's figures; undefined when no span has the id. */
export async function readSession(store: Store, database: string, id: string): Promise<SessionFigures | undefined> {
  const [row] = await store.query(
    `SELECT ${FIGURES} FROM otel_traces FINAL WHERE SessionId = {id: String} GROUP BY SessionId`,
    { id },
    { database },
  );
  return row === undefined ? undefined : toSession(row);
}

function toSession(row: unknown): SessionFigures {
  const session = sessionSchema.parse(row);
  return { ...session, started_at: rfc3339(session.started_at), ended_at: rfc3339(session.ended_at) };
}
