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
    -- Sums alone, so that two days of a busy agent need little memory; those of calls that came twice or that two senders report are
    -- divided by how often each call is there.
    hours AS
    (
        SELECT AgentId, groupArray((hour, cached, total)) AS seen
        FROM
        (
            SELECT AgentId, toStartOfHour(Timestamp) AS hour,
                uniqCombined(12)(if(ResponseId = '', SpanId, ResponseId)) / count() AS once,
                once * sum(CacheReadTokens) AS cached, once * sum(InputTokens + CacheReadTokens + CacheWriteTokens) AS total
            FROM otel_traces
            WHERE Timestamp >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)}
                AND Kind = 'llm' AND InputTokens + CacheReadTokens + CacheWriteTokens > 0 AND AgentId IN (SELECT AgentId FROM touched)
            GROUP BY AgentId, hour
        )
        GROUP BY AgentId
    ),
    storms AS
    (
        SELECT AgentId, hour, cached_share, usual_share
        FROM
        (
            SELECT AgentId, storm.1 AS hour, storm.3 AS total, storm.2 / storm.3 AS cached_share,
                arrayFilter(before -> before.1 < storm.1, seen) AS earlier,
                arraySum(arrayMap(before -> before.3, earlier)) AS usual_total,
                arraySum(arrayMap(before -> before.2, earlier)) / usual_total AS usual_share
            FROM hours ARRAY JOIN seen AS storm
        )
        WHERE total >= {min_tokens: UInt64} AND cached_share <= 0.1 AND usual_total >= {min_tokens: UInt64} AND usual_share >= 0.5
            AND (AgentId, hour) IN (SELECT AgentId, hour FROM touched)
    )
SELECT
    span.AgentId AS entity,
    (groupArraySorted(5)((-toInt64(span.InputTokens + span.CacheWriteTokens), span.Timestamp, span.TraceId, span.SpanId, span.SessionId)) AS largest)[1].5 AS session_id,
    concat(span.AgentId, ' ', toString(storms.hour)) AS dedup_key,
    concat('Agent `', span.AgentId, '` misses the prompt cache that it lived on') AS title,
    toString(toDateTime64(storms.hour, 0)) AS starts_at,
    toString(toDateTime64(storms.hour + INTERVAL 1 HOUR, 0)) AS ends_at,
    arrayMap(call -> CAST((call.3, call.4, 'a large call that missed the cache'), 'Tuple(trace_id String, span_id String, note String)'), largest) AS evidence,
    toString(round(any(storms.cached_share), 2)) AS cached_share,
    toString(round(any(storms.usual_share), 2)) AS usual_share
FROM otel_traces AS span FINAL
INNER JOIN storms ON storms.AgentId = span.AgentId AND storms.hour = toStartOfHour(span.Timestamp)
WHERE span.IngestedAt < {to: DateTime64(6)} AND span.Timestamp >= {from: DateTime64(6)} - INTERVAL 25 HOUR AND span.Kind = 'llm'
    AND (span.AgentId, toStartOfHour(span.Timestamp)) IN (SELECT AgentId, hour FROM storms)
GROUP BY span.AgentId, storms.hour
