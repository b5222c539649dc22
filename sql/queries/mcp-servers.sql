/*
title: Which MCP servers are in use, and by whom?
description: >
  Servers with their tools, agents and people, and when they were first and last seen.
params:
  days: {default: 30, description: Days back}
*/
SELECT
    if(McpServer = '', '(none named)', McpServer) AS server, groupUniqArray(20)(ToolName) AS tools, groupUniqArray(20)(AgentId) AS agents,
    uniqExactIf(UserId, UserId != '') AS people, count() AS calls, min(Timestamp) AS first_seen, max(Timestamp) AS last_seen
FROM otel_traces FINAL
WHERE Kind = 'tool' AND Timestamp > now() - INTERVAL {days: UInt16} DAY
GROUP BY McpServer
ORDER BY calls DESC
LIMIT 200
