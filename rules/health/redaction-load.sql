/*
name: Redaction had to leave things out
description: >
  Spans of an agent held more than redaction could report or keep: more findings than a span has room for, or parts
  that had to be replaced unread. Nothing unredacted was stored, but what was found is incomplete, and a flood hides a
  needle.
severity: low
risk_score: 15
status: test
version: 1
entity: agent
params:
  min_spans: 3
  full: 256
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM02, LLM10]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI08]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Defense Evasion, technique: [AML.T0068, AML.T0029]}
runbook: |
  1. What is in those spans: a dump of a table, a log, a binary as text? `redaction_findings` shows kinds and places.
  2. Does the agent need that content in its trace? Cut it at the sender.
  3. If the spans were made to be so large: who sent them? Look at the ingest token and the service.
  4. Close as benign for known bulk work.
false_positives:
  - Agents that move tables of personal data through their context.
required_fields: [Redactions.Class]
tags: [health, redaction]
*/
SELECT
    AgentId AS entity,
    any(SessionId) AS session_id,
    concat(AgentId, ' ', toString(toDate(min(Timestamp)))) AS dedup_key,
    concat('Redaction could not keep up with spans of ', if(AgentId = '', 'an unnamed agent', concat('agent `', AgentId, '`'))) AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), groupUniqArray(CAST((TraceId, SpanId, if(has(Redactions.Class, 'failure'), 'parts were replaced unread', 'more findings than a span has room for')), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS evidence,
    toString(uniqExact(SpanId)) AS spans
FROM otel_traces
WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
    AND (has(Redactions.Class, 'failure') OR (length(Redactions.Class) >= {full: UInt32} AND SpanAttributes['spanwarden.redactions.omitted'] != ''))
GROUP BY AgentId
HAVING uniqExact(SpanId) >= {min_spans: UInt32}
