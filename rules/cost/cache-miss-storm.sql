/*
name: An agent that lived on the prompt cache misses it
description: >
  Most of what an agent sent to its model used to come from the prompt cache; in this hour hardly anything does.
  Somebody changed the beginning of its prompt or tools, which costs several times as much and may be an edit worth
  seeing.
severity: low
risk_score: 14
status: experimental
version: 1
entity: agent
schedule: "0 * * * * *"
params:
  min_tokens: 500000
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM10, LLM01]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI08]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Impact, technique: [AML.T0034.001]}
runbook: |
  1. Look for a new prompt or tool definition of the agent in the same hour (`agent_prompts`, `agent_facts`).
  2. A changing part at the beginning of the prompt (a date, an id) is the usual cause: move it to the end.
  3. Compare the cost of the hour with the one before.
  4. Close as benign when a release or the provider explains it.
false_positives:
  - Releases that change the prompt, hours with little traffic, a provider's own trouble with its cache.
required_fields: [CacheReadTokens, InputTokens, AgentId]
tags: [cost, prompt]
*/
WITH
    touched AS
    (
        SELECT AgentId, toStartOfHour(Timestamp) AS hour
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND Kind = 'llm' AND InputTokens > 0 AND AgentId != '' AND Timestamp >= {from: DateTime64(6)} - INTERVAL 1 DAY
        GROUP BY AgentId, hour
    ),
    hours AS
    (
        SELECT AgentId, toStartOfHour(Timestamp) AS hour,
            sum(CacheReadTokens) AS cached, sum(InputTokens + CacheReadTokens + CacheWriteTokens) AS total,
            arraySlice(arrayReverseSort(groupArray(100)((InputTokens + CacheWriteTokens, TraceId, SpanId, SessionId))), 1, 5) AS largest
        FROM
        (
            SELECT AgentId, Timestamp, InputTokens, CacheReadTokens, CacheWriteTokens, TraceId, SpanId, SessionId
            FROM otel_traces FINAL
            WHERE Timestamp >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)}
                AND Kind = 'llm' AND AgentId IN (SELECT AgentId FROM touched)
            -- A call that two senders report counts once.
            LIMIT 1 BY if(ResponseId = '', SpanId, ResponseId), InputTokens + CacheReadTokens > 0
        )
        GROUP BY AgentId, hour
    )
SELECT
    storm.AgentId AS entity,
    any(storm.largest)[1].4 AS session_id,
    concat(storm.AgentId, ' ', toString(storm.hour)) AS dedup_key,
    concat('Agent `', storm.AgentId, '` misses the prompt cache that it lived on') AS title,
    toString(toDateTime64(storm.hour, 0)) AS starts_at,
    toString(toDateTime64(storm.hour + INTERVAL 1 HOUR, 0)) AS ends_at,
    arrayMap(span -> CAST((span.2, span.3, 'a large call that missed the cache'), 'Tuple(trace_id String, span_id String, note String)'), any(storm.largest)) AS evidence,
    toString(round(any(storm.cached) / any(storm.total), 2)) AS cached_share,
    toString(round(sum(before.cached) / sum(before.total), 2)) AS usual_share
FROM hours AS storm
INNER JOIN hours AS before ON before.AgentId = storm.AgentId
WHERE before.hour < storm.hour AND storm.total >= {min_tokens: UInt64} AND storm.cached <= 0.1 * storm.total
    AND (storm.AgentId, storm.hour) IN (SELECT AgentId, hour FROM touched)
GROUP BY storm.AgentId, storm.hour
HAVING sum(before.total) >= {min_tokens: UInt64} AND sum(before.cached) >= 0.5 * sum(before.total)
