/*
title: Which agents call which?
description: >
  Calls from one agent to another, with tokens spent on behalf of the caller.
params:
  days: {default: 30, description: Days back}
*/
SELECT
    if(CallerAgentId = '', '(a person or program)', CallerAgentId) AS caller, AgentId AS agent, uniqExact(TraceId) AS runs, uniqExact(SessionId) AS sessions,
    sum(InputTokens + CacheReadTokens + CacheWriteTokens) AS tokens_in, sum(OutputTokens) AS tokens_out
FROM otel_traces FINAL
WHERE AgentId != '' AND Timestamp > now() - INTERVAL {days: UInt16} DAY
GROUP BY caller, agent
ORDER BY runs DESC
LIMIT 200
