/*
title: How much of the input comes from the cache?
description: >
  Share of input tokens that were read from a prompt cache, by agent and model.
params:
  days: {default: 7, description: Days back}
*/
SELECT
    AgentId, Model, sum(InputTokens) AS uncached, sum(CacheReadTokens) AS cache_read, sum(CacheWriteTokens) AS cache_write,
    round(cache_read / nullIf(uncached + cache_read + cache_write, 0), 3) AS share
FROM otel_traces FINAL
WHERE Kind = 'llm' AND Timestamp > now() - INTERVAL {days: UInt16} DAY
GROUP BY AgentId, Model
ORDER BY uncached DESC
LIMIT 200
