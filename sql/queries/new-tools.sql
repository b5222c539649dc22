/*
title: Which tools did an agent call for the first time?
description: >
  Tools that an agent called within the period and not before it.
params:
  days: {default: 7, description: Days back}
*/
SELECT AgentId, ToolName, any(ToolCategory) AS category, min(Timestamp) AS first_seen, count() AS calls, uniqExact(SessionId) AS sessions
FROM otel_traces FINAL
WHERE Kind = 'tool'
GROUP BY AgentId, ToolName
HAVING first_seen > now() - INTERVAL {days: UInt16} DAY
ORDER BY first_seen DESC
LIMIT 500
