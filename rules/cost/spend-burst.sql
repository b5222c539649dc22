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
    -- At most too many: calls that two senders report count twice here.
    dear AS
    (
        SELECT AgentId
        FROM otel_traces
        WHERE IngestedAt < {to: DateTime64(6)} AND CostUsd > 0 AND Timestamp >= {from: DateTime64(6)} - INTERVAL 25 HOUR
            AND (AgentId, toStartOfHour(Timestamp)) IN (SELECT AgentId, hour FROM touched)
        GROUP BY AgentId, toStartOfHour(Timestamp)
        HAVING sum(CostUsd) >= {min_usd: Float64}
    ),
    -- Sums alone, so that days of a busy agent need little memory; those of calls that came twice or that two senders report are
    -- divided by how often each call is there.
    hours AS
    (
        SELECT AgentId, groupArray((hour, cost)) AS seen
        FROM
        (
            SELECT AgentId, toStartOfHour(Timestamp) AS hour,
                sum(CostUsd) * uniqCombined(12)(if(ResponseId = '', SpanId, ResponseId)) / count() AS cost
            FROM otel_traces
            WHERE Timestamp >= {from: DateTime64(6)} - toIntervalDay({days: UInt32}) AND IngestedAt < {to: DateTime64(6)}
                AND CostUsd > 0 AND AgentId IN (SELECT AgentId FROM dear)
            GROUP BY AgentId, hour
        )
        GROUP BY AgentId
    ),
    bursts AS
    (
        SELECT AgentId, hour, cost, usual
        FROM
        (
            SELECT AgentId, burst.1 AS hour, burst.2 AS cost,
                arrayMap(before -> before.2, arrayFilter(before -> before.1 < burst.1, seen)) AS earlier, arrayAvg(earlier) AS usual
            FROM hours ARRAY JOIN seen AS burst
        )
        WHERE cost >= {min_usd: Float64} AND length(earlier) >= {min_hours: UInt32} AND cost >= {factor: Float64} * usual
            AND (AgentId, hour) IN (SELECT AgentId, hour FROM touched)
    )
SELECT
    span.AgentId AS entity,
    (groupArraySorted(5)((-span.CostUsd, span.Timestamp, span.TraceId, span.SpanId, span.SessionId)) AS largest)[1].5 AS session_id,
    concat(span.AgentId, ' ', toString(bursts.hour)) AS dedup_key,
    concat('Agent `', span.AgentId, '` spent in an hour more than ', toString({factor: Float64}), ' times what it usually does') AS title,
    toString(toDateTime64(bursts.hour, 0)) AS starts_at,
    toString(toDateTime64(bursts.hour + INTERVAL 1 HOUR, 0)) AS ends_at,
    arrayMap(call -> CAST((call.3, call.4, 'one of the dearest calls'), 'Tuple(trace_id String, span_id String, note String)'), largest) AS evidence,
    toString(round(any(bursts.cost), 2)) AS cost_usd,
    toString(round(any(bursts.usual), 2)) AS usual_usd
FROM otel_traces AS span FINAL
INNER JOIN bursts ON bursts.AgentId = span.AgentId AND bursts.hour = toStartOfHour(span.Timestamp)
WHERE span.IngestedAt < {to: DateTime64(6)} AND span.Timestamp >= {from: DateTime64(6)} - INTERVAL 25 HOUR AND span.CostUsd > 0
    AND (span.AgentId, toStartOfHour(span.Timestamp)) IN (SELECT AgentId, hour FROM bursts)
GROUP BY span.AgentId, bursts.hour
