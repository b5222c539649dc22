/*
title: Who and what uses which models?
description: >
  Calls, tokens and cost by day, agent and model.
*/
SELECT
    toDate(Timestamp) AS day, AgentId, Provider, Model, uniqExact(SessionId) AS sessions, count() AS calls,
    sum(InputTokens) AS uncached, sum(CacheReadTokens) AS from_cache, sum(OutputTokens) AS out, sum(CostUsd) AS cost_usd
FROM otel_traces FINAL
WHERE Kind = 'llm'
GROUP BY day, AgentId, Provider, Model
ORDER BY day DESC, calls DESC
