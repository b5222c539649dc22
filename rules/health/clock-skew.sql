/*
name: A sender writes spans of the future
description: >
  Spans arrived before the time at which they say they began. The sender's clock is wrong, or its times are made up;
  sequences and provenance of its sessions can't be trusted, for both follow time.
severity: low
risk_score: 12
status: test
version: 1
entity: agent
params:
  tolerance_seconds: 300
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI10]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Defense Evasion, technique: [AML.T0081]}
runbook: |
  1. Look at the host and service of the evidence: is its clock synchronised (`timedatectl`, `chronyc tracking`)?
  2. Do all spans of the host run ahead, or only some? Only some means that times are made up.
  3. Mend the clock; spans that are stored keep their time.
  4. Read sessions of that sender in order of `IngestedAt` until then.
false_positives:
  - Machines that wake from sleep with a wrong clock, for a few minutes.
required_fields: [Timestamp, IngestedAt]
tags: [health, integrity]
*/
SELECT
    if(AgentId = '', ServiceName, AgentId) AS entity,
    any(SessionId) AS session_id,
    concat(entity, ' ', ServiceName) AS dedup_key,
    concat('`', entity, '` of service `', ServiceName, '` sends spans that begin in the future') AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arrayMap(span -> CAST((span.2, span.3, 'begins after it arrived'), 'Tuple(trace_id String, span_id String, note String)'), arraySlice(arraySort(groupUniqArray(1000)((Timestamp, TraceId, SpanId))), 1, 5)) AS evidence,
    toString(max(dateDiff('second', IngestedAt, Timestamp))) AS seconds_ahead
FROM otel_traces
WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
    AND Timestamp > IngestedAt + toIntervalSecond({tolerance_seconds: UInt32})
GROUP BY if(AgentId = '', ServiceName, AgentId), ServiceName
