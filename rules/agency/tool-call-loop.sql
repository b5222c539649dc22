/*
name: An agent repeats the same tool call
description: >
  One run called the same tool with the same arguments again and again and got the same answer. It is stuck, or kept
  busy on purpose.
severity: medium
risk_score: 38
status: stable
version: 1
entity: session
params:
  min_calls: 12
  waiting_tools: '(?i:wait|poll|status|sleep|progress|tail|output|screenshot|snapshot)'
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM06, LLM10]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI02, ASI08]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Impact, technique: [AML.T0034.002, AML.T0053]}
runbook: |
  1. Open the trace: does the tool fail, or answer something that asks for another try? Read the answer as an
     attacker's text.
  2. Stop the run if it goes on; compare its cost with the agent's other runs.
  3. Give the agent a limit of identical calls, and the tool an answer that ends the matter.
  4. Close as benign when the call waits for something by design, and add its name to `waiting_tools`.
false_positives:
  - Tools that wait by being asked again (job states, queues) and whose name does not say so.
required_fields: [ToolName, ToolArgumentsPreview]
tags: [agency, cost]
*/
WITH repeated AS
(
    SELECT
        SessionId, TraceId, ToolName,
        uniqExact(SpanId) AS calls,
        uniq(cityHash64(ToolResultPreview, ToolResultLength)) AS answers,
        min(Timestamp) AS first_call, max(Timestamp) AS last_call, any(AgentId) AS agent,
        arraySlice(arraySort(groupUniqArray((Timestamp, SpanId))), 1, 5) AS spans
    FROM otel_traces
    WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)}
        AND TraceId IN (SELECT TraceId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND ToolName != '' AND ToolArgumentsLength > 0)
        AND ToolName != '' AND ToolCategory != '' AND ToolArgumentsLength > 0
        AND NOT match(ToolName, {waiting_tools: String})
    GROUP BY SessionId, TraceId, ToolName, cityHash64(ToolArgumentsPreview, ToolArgumentsLength)
    HAVING calls >= {min_calls: UInt32} AND answers <= 2
)
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(TraceId, ' ', any(ToolName)) AS dedup_key,
    concat(if(any(agent) = '', 'An agent', concat('Agent `', any(agent), '`')), ' called `', any(ToolName), '` at least ', toString({min_calls: UInt32}), ' times with the same arguments in one run') AS title,
    toString(min(first_call)) AS starts_at,
    toString(max(last_call)) AS ends_at,
    arrayMap((span, number) -> CAST((TraceId, span.2, concat('call ', toString(number))), 'Tuple(trace_id String, span_id String, note String)'), arraySlice(arrayFlatten(groupArray(spans)), 1, 20) AS all_spans, arrayEnumerate(all_spans)) AS evidence,
    toString(max(calls)) AS calls,
    any(agent) AS agent_id
FROM repeated
GROUP BY SessionId, TraceId
