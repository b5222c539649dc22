/*
name: An agent acted for a person at an hour they never work
description: >
  An agent used a person's identity for acting tool calls at an hour of the day at which that person was not seen on
  any day of the last two weeks. Automation runs on human credentials, or somebody else does.
severity: medium
risk_score: 28
status: experimental
version: 1
entity: user
schedule: "0 * * * * *"
params:
  min_days: 5
  near_hours: 3
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI03, ASI09]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Initial Access, technique: [AML.T0012]}
runbook: |
  1. Ask the person. Were they at work, travelling, or did a schedule run in their name?
  2. If a schedule: give it an identity of its own, with less rights.
  3. If nobody: revoke the person's tokens and read what the session did.
  4. Look at the machine and network the session came from.
false_positives:
  - Night shifts, travel, launches. People with little history are left out (`min_days`).
  - Service accounts that are named like people.
required_fields: [UserId, ToolDirection]
tags: [identity]
*/
WITH
    acting AS
    (
        SELECT UserId, toHour(Timestamp) AS hour, toDate(Timestamp) AS day, min(Timestamp) AS since,
            argMin(TraceId, (Timestamp, SpanId)) AS trace_id, argMin(SpanId, (Timestamp, SpanId)) AS span_id,
            argMin(SessionId, (Timestamp, SpanId)) AS session, argMin(ToolName, (Timestamp, SpanId)) AS tool, any(AgentId) AS agent
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND ToolDirection = 'output' AND UserId != ''
        GROUP BY UserId, hour, day
    ),
    habits AS
    (
        SELECT UserId, groupUniqArray((toDate(Timestamp), toHour(Timestamp))) AS seen
        FROM otel_traces
        WHERE Timestamp >= {from: DateTime64(6)} - INTERVAL 14 DAY AND IngestedAt < {to: DateTime64(6)}
            AND UserId IN (SELECT UserId FROM acting) AND Kind != ''
        GROUP BY UserId
    )
SELECT
    acting.UserId AS entity,
    any(acting.session) AS session_id,
    concat(acting.UserId, ' ', toString(acting.day)) AS dedup_key,
    concat('An agent acted for user `', acting.UserId, '` at an hour at which they were never seen') AS title,
    toString(min(acting.since)) AS starts_at,
    toString(max(acting.since)) AS ends_at,
    arraySlice(arraySort(item -> item.3, groupUniqArray(CAST((acting.trace_id, acting.span_id, concat('acts at ', toString(acting.hour), ':00 UTC: ', acting.tool)), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS evidence,
    any(acting.agent) AS agent_id
FROM acting
INNER JOIN habits ON habits.UserId = acting.UserId
-- Another day than this, and an hour near this one on the clock.
WHERE length(arrayDistinct(arrayMap(item -> item.1, arrayFilter(item -> item.1 < acting.day, habits.seen)))) >= {min_days: UInt32}
    AND NOT arrayExists(item -> item.1 < acting.day AND least(abs(item.2 - acting.hour), 24 - abs(item.2 - acting.hour)) <= {near_hours: UInt32}, habits.seen)
    AND NOT arrayExists(item -> item.1 = acting.day AND item.2 < acting.hour AND acting.hour - item.2 <= {near_hours: UInt32}, habits.seen)
GROUP BY acting.UserId, acting.day
