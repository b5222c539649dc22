/*
title: Which sessions cost the most?
description: >
  Cost and tokens of sessions. Cost is what senders report; tokens are counted even where no cost is.
params:
  days: {default: 7, description: Days back}
*/
SELECT
    SessionId, anyIf(AgentId, AgentId != '') AS agent, groupUniqArray(5)(Model) AS models, sum(CostUsd) AS cost_usd,
    sum(InputTokens + CacheReadTokens + CacheWriteTokens) AS tokens_in, sum(OutputTokens) AS tokens_out, countIf(Kind = 'llm') AS model_calls
FROM otel_traces FINAL
WHERE Timestamp > now() - INTERVAL {days: UInt16} DAY
GROUP BY SessionId
ORDER BY cost_usd DESC, tokens_in + tokens_out DESC
LIMIT 100
