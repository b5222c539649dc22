/*
name: An agent spent far more in an hour than it usually does
description: >
  What an agent's model calls cost in one hour is many times what they cost in its usual hours. A leaked key, a loop
  across runs, or a user who found out that the agent is free.
severity: medium
risk_score: 46
status: test
version: 1
entity: agent
schedule: "0 * * * * *"
params:
  factor: 10
  min_usd: 20
  min_hours: 12
  days: 7
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM10]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI08, ASI03]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Impact, technique: [AML.T0034.000, AML.T0034.001]}
runbook: |
  1. Who caused it: group the agent's cost of that hour by user and session (question 7 in docs/analysts.md).
  2. One user or one session: look at what they do, and suspend the token if it is not theirs.
  3. All of them: was there a release, or a change of model or price?
  4. Set a budget for this agent at the provider.
false_positives:
  - Load tests, launches, month-end work.
  - "Senders that report no cost: the rule needs CostUsd and says nothing without it."
required_fields: [CostUsd, AgentId]
tags: [cost]
*/
WITH
    touched AS
    (
        SELECT AgentId, toStartOfHour(Timestamp) AS hour
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND CostUsd > 0 AND AgentId != '' AND Timestamp >= {from: DateTime64(6)} - INTERVAL 1 DAY
        GROUP BY AgentId, hour
    ),
    hours AS
    (
        SELECT AgentId, toStartOfHour(Timestamp) AS hour, sum(CostUsd) AS cost,
            arraySlice(arrayReverseSort(groupArray(100)((CostUsd, TraceId, SpanId, SessionId))), 1, 5) AS dearest
        FROM
        (
            SELECT AgentId, Timestamp, CostUsd, TraceId, SpanId, SessionId
            FROM otel_traces FINAL
            WHERE Timestamp >= {from: DateTime64(6)} - toIntervalDay({days: UInt32}) AND IngestedAt < {to: DateTime64(6)}
                AND CostUsd > 0 AND AgentId IN (SELECT AgentId FROM touched)
            -- A call that two senders report counts once.
            LIMIT 1 BY if(ResponseId = '', SpanId, ResponseId)
        )
        GROUP BY AgentId, hour
    )
SELECT
    burst.AgentId AS entity,
    any(burst.dearest)[1].4 AS session_id,
    concat(burst.AgentId, ' ', toString(burst.hour)) AS dedup_key,
    concat('Agent `', burst.AgentId, '` spent in an hour more than ', toString({factor: Float64}), ' times what it usually does') AS title,
    toString(toDateTime64(burst.hour, 0)) AS starts_at,
    toString(toDateTime64(burst.hour + INTERVAL 1 HOUR, 0)) AS ends_at,
    arrayMap(span -> CAST((span.2, span.3, 'one of the dearest calls'), 'Tuple(trace_id String, span_id String, note String)'), any(burst.dearest)) AS evidence,
    toString(round(any(burst.cost), 2)) AS cost_usd,
    toString(round(avg(before.cost), 2)) AS usual_usd
FROM hours AS burst
INNER JOIN hours AS before ON before.AgentId = burst.AgentId
WHERE before.hour < burst.hour AND burst.cost >= {min_usd: Float64} AND (burst.AgentId, burst.hour) IN (SELECT AgentId, hour FROM touched)
GROUP BY burst.AgentId, burst.hour
HAVING uniqExact(before.hour) >= {min_hours: UInt32} AND any(burst.cost) >= {factor: Float64} * avg(before.cost)
