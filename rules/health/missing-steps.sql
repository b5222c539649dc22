/*
name: Steps of a run are missing from its trace
description: >
  An agent numbers its steps or turns, and numbers in the middle never arrived. Spans were lost on the way, or
  somebody took out what they did not want seen.
severity: low
risk_score: 18
status: experimental
version: 1
entity: session
params:
  min_missing: 2
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI10]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Defense Evasion, technique: [AML.T0081]}
runbook: |
  1. Do other traces of the same service have holes? Then its exporter drops spans: look at its queue and the
     receiver's rejected spans.
  2. If it is this trace alone, look at what stands right before and after the hole.
  3. Ask the provider's usage for the calls that are missing.
  4. Close as benign when the parts arrived later: the finding does not go away by itself.
false_positives:
  - Exporters that send parts of a run more than a window apart, and samplers that keep some spans of a trace, which
    is why the rule only records.
required_fields: [Step]
tags: [health, integrity]
*/
WITH runs AS
(
    SELECT
        SessionId, TraceId, any(AgentId) AS agent, min(Timestamp) AS started, max(Timestamp) AS ended,
        arraySort(groupUniqArrayIf(Step, Step > 0)) AS steps,
        arraySort(groupUniqArrayIf((Step, SpanId), Step > 0)) AS spans
    FROM otel_traces
    WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND TraceId IN (SELECT TraceId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND Step > 0)
    GROUP BY SessionId, TraceId
    HAVING length(steps) >= 2 AND steps[-1] <= 10000 AND steps[-1] - steps[1] + 1 - length(steps) >= {min_missing: UInt32}
)
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    TraceId AS dedup_key,
    concat(if(agent = '', 'An agent', concat('Agent `', agent, '`')), ' left out steps of a run') AS title,
    toString(started) AS starts_at,
    toString(ended) AS ends_at,
    arraySlice(arrayMap(item -> CAST((TraceId, item.2, concat('step ', toString(item.1), ', after a hole')), 'Tuple(trace_id String, span_id String, note String)'),
        arrayFilter((item, at) -> at > 1 AND item.1 > spans[at - 1].1 + 1, spans, arrayEnumerate(spans))), 1, 20) AS evidence,
    toString(steps[-1] - steps[1] + 1 - length(steps)) AS missing,
    agent AS agent_id
FROM runs
