import { SAYS_USAGE } from '../../../engine/clickhouse/one-call.ts';

/** What each metric of a coding tool adds to; `type` is the attribute that splits it. */
const COUNTED = [
  'claude_code.token.usage',
  'claude_code.cost.usage',
  'claude_code.lines_of_code.count',
  'claude_code.commit.count',
  'claude_code.pull_request.count',
  'claude_code.session.count',
  'claude_code.active_time.total',
  'claude_code.code_edit_tool.decision',
  'gemini_cli.token.usage',
  'gemini_cli.lines.changed',
  'gemini_cli.session.count',
  'codex.turn.token_usage',
];

/** Tokens of the metrics by column, each with how often the increment counts. */
const TOKENS = {
  InputTokens: `multiIf(
    type IN ('input'), 1,
    -- Where the input includes what was cached.
    type IN ('cache', 'cached_input') AND MetricName != 'claude_code.token.usage', -1, 0)`,
  CacheReadTokens: "type IN ('cacheRead', 'cache', 'cached_input')",
  CacheWriteTokens: "type = 'cacheCreation'",
  OutputTokens: "type IN ('output', 'thought')",
};

/** The session, or where none is named the user's day with the tool, has spans that say what was used. */
const TOLD_BY_SPANS = `if(SessionId != '',
  SessionId IN (SELECT SessionId FROM otel_traces WHERE ${SAYS_USAGE}),
  (UserId, AgentFramework, toDate(Timestamp)) IN
    (SELECT UserId, AgentFramework, toDate(Timestamp) FROM otel_traces WHERE ${SAYS_USAGE}))`;

/**
 * A subquery with a row for each increment of a coding tool's metrics that meets `condition`, in the columns of otel_traces and
 * those that only metrics fill. Points that were sent again and cumulative points count once; tokens and cost count only where no
 * span tells them.
 */
export function metricUsage(condition: string): string {
  const isTokens = "endsWith(MetricName, 'token.usage') OR endsWith(MetricName, 'token_usage')";
  const tokens = Object.entries(TOKENS).map(
    ([column, factor]) => `toInt64(round(used * toInt8(${factor}) * (${isTokens}))) AS ${column}`,
  );
  const counts = (name: string, when = '1') => `increment * endsWith(MetricName, '${name}') * (${when})`;
  return `(
    SELECT Timestamp, SessionId, UserId, AgentId, AgentFramework, Model, Provider, ToolName, Environment,
      ${tokens.join(',\n      ')},
      used * endsWith(MetricName, 'cost.usage') AS CostUsd,
      increment * (type = 'added') * (${counts('lines_of_code.count')} + ${counts('lines.changed')} != 0) AS lines_added,
      increment * (type = 'removed') * (${counts('lines_of_code.count')} + ${counts('lines.changed')} != 0) AS lines_removed,
      ${counts('.commit.count')} AS commits,
      ${counts('.pull_request.count')} AS pull_requests,
      ${counts('.active_time.total')} AS active_seconds,
      ${counts('.code_edit_tool.decision', "Attributes['decision'] = 'accept'")} AS edits_accepted,
      ${counts('.code_edit_tool.decision', "Attributes['decision'] = 'reject'")} AS edits_rejected,
      ${counts('.session.count', "SessionId = ''")} AS unnamed_sessions
    FROM (
      SELECT *, if(told, 0, increment) AS used, if(Attributes['type'] = '', Attributes['token_type'], Attributes['type']) AS type
      FROM (
        SELECT *, TimeUnix AS Timestamp, ${TOLD_BY_SPANS} AS told,
          -- A count that fell was begun anew.
          if(AggregationTemporality = 'cumulative' AND MetricType != 'gauge' AND Value >= before, Value - before, Value) AS increment
        FROM (
          SELECT *, lagInFrame(Value, 1, 0) OVER (
            PARTITION BY SeriesId, StartTimeUnix ORDER BY TimeUnix ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
          FROM otel_metrics FINAL WHERE MetricName IN ('${COUNTED.join("', '")}')
        )
      )
      WHERE ${condition}
    )
  )`;
}
