/*
title: Which runs took the most steps?
description: >
  Runs by calls of a model, with tokens and duration.
params:
  days: {default: 7, description: Days back}
*/
SELECT
    TraceId, any(SessionId) AS session, anyIf(AgentId, AgentId != '') AS agent, countIf(Kind = 'llm') AS model_calls,
    sum(InputTokens + CacheReadTokens + CacheWriteTokens) AS tokens_in, sum(OutputTokens) AS tokens_out,
    dateDiff('second', min(Timestamp), max(Timestamp)) AS seconds
FROM otel_traces FINAL
WHERE Timestamp > now() - INTERVAL {days: UInt16} DAY
GROUP BY TraceId
ORDER BY model_calls DESC
LIMIT 20
