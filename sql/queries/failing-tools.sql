/*
title: Which tools fail, and how often?
description: >
  Share of calls that ended in an error, of tools called at least a given number of times.
params:
  days: {default: 7, description: Days back}
  calls: {default: 1, description: Fewest calls}
*/
SELECT AgentId, ToolName, count() AS calls, countIf(StatusCode = 'Error') AS errors, round(errors / calls, 3) AS share, quantile(0.95)(Duration) / 1e6 AS p95_ms
FROM otel_traces FINAL
WHERE Kind = 'tool' AND Timestamp > now() - INTERVAL {days: UInt16} DAY
GROUP BY AgentId, ToolName
HAVING calls >= {calls: UInt32}
ORDER BY share DESC, calls DESC
LIMIT 200
