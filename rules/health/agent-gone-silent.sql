/*
name: An agent that always sends has gone silent
description: >
  An agent that sent spans in most hours of a day has sent none for hours, while others go on sending. It is down, its
  telemetry was switched off, or somebody did not want to be watched.
severity: low
risk_score: 20
status: test
version: 1
entity: agent
schedule: "0 0-59/5 * * * *"
params:
  silent_hours: 4
  active_hours: 16
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI10]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Defense Evasion, technique: [AML.T0081]}
runbook: |
  1. Does the agent still run? Ask its owner or look at its host and its model's usage at the provider.
  2. It runs and sends nothing: who changed its exporter, token or sampling, and when?
  3. If the telemetry was switched off on purpose, treat what it did since as unobserved, and restore it.
  4. Close as benign when it was shut down; it is not reported again.
false_positives:
  - Agents that are shut down, and quiet nights and week-ends of agents that people use by day.
  - "Nothing is found while no agent of the org sends at all: watch `spanwarden_spans_accepted_total` for that."
required_fields: [AgentId]
tags: [health]
*/
WITH
    -- Little to read: one row an agent.
    quiet AS
    (
        SELECT AgentId, max(LastSeen) AS last_seen
        FROM agent_facts
        WHERE Fact = 'agent'
        GROUP BY AgentId
        HAVING last_seen < {to: DateTime64(6)} - toIntervalHour({silent_hours: UInt32}) AND last_seen >= {from: DateTime64(6)} - INTERVAL 30 HOUR
    )
SELECT
    spans.AgentId AS entity,
    argMax(spans.SessionId, (spans.Timestamp, spans.SpanId)) AS session_id,
    concat(spans.AgentId, ' ', toString(toStartOfHour(any(quiet.last_seen)))) AS dedup_key,
    concat('Agent `', spans.AgentId, '` sent spans in most hours of a day and has gone silent') AS title,
    toString(max(spans.Timestamp)) AS starts_at,
    starts_at AS ends_at,
    [CAST((argMax(spans.TraceId, (spans.Timestamp, spans.SpanId)), argMax(spans.SpanId, (spans.Timestamp, spans.SpanId)), 'last span'), 'Tuple(trace_id String, span_id String, note String)')] AS evidence,
    toString(uniqExact(toStartOfHour(spans.Timestamp))) AS active_hours
FROM
(
    SELECT AgentId, SessionId, TraceId, SpanId, Timestamp FROM otel_traces
    WHERE Timestamp >= {to: DateTime64(6)} - INTERVAL 54 HOUR AND IngestedAt < {to: DateTime64(6)} AND AgentId IN (SELECT AgentId FROM quiet)
) AS spans
INNER JOIN quiet ON quiet.AgentId = spans.AgentId
WHERE spans.Timestamp >= quiet.last_seen - INTERVAL 24 HOUR
GROUP BY spans.AgentId
HAVING uniqExact(toStartOfHour(spans.Timestamp)) >= {active_hours: UInt32}
