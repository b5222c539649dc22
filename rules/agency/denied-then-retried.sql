/*
name: What was refused to one tool was done with another
description: >
  A tool call was refused (by the user, a policy or a guardrail), and later in the session another tool did something
  with the same values, without having been approved by the user. The agent went around the refusal.
severity: medium
risk_score: 47
status: test
version: 1
entity: session
params:
  refused: [deny, denied, reject, rejected, block, blocked]
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI02, ASI03, ASI10]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Defense Evasion, technique: [AML.T0053, AML.T0054]}
runbook: |
  1. Open the evidence: the refused call and the later one. Do they reach the same goal?
  2. Undo what the later call did, and tell the user who refused.
  3. Was the second tool asked for by the user after the refusal? Then close as benign.
  4. Extend the rule that refused to the second tool.
false_positives:
  - A user who refuses one way and asks for another. Calls that the user approved are left out when the sender says
    so.
required_fields: [GuardrailVerdict, ArgRefs]
tags: [agency, guardrail]
*/
WITH
    refusals AS
    (
        SELECT SessionId, ParentSpanId, SpanId, ToolName, ArgRefs
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND lower(GuardrailVerdict) IN {refused: Array(String)}
            AND SessionId IN (SELECT SessionId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND (ToolCategory != '' OR GuardrailVerdict != ''))
    ),
    approvals AS
    (
        SELECT ParentSpanId FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND SessionId IN (SELECT SessionId FROM refusals)
            AND lower(GuardrailVerdict) IN ('accept', 'allow', 'approve', 'approved') AND startsWith(SpanAttributes['source'], 'user')
    ),
    calls AS
    (
        SELECT SessionId, TraceId, SpanId, Timestamp, ToolName, ArgRefs, AgentId, StatusCode
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND SessionId IN (SELECT SessionId FROM refusals) AND ToolCategory != '' AND notEmpty(ArgRefs)
    ),
    -- The refusal is a span below the call it is about, or the call's own.
    refused_calls AS
    (
        SELECT * FROM calls WHERE SpanId IN (SELECT arrayJoin([ParentSpanId, SpanId]) FROM refusals)
    )
SELECT
    calls.SessionId AS entity,
    calls.SessionId AS session_id,
    concat(if(any(calls.AgentId) = '', 'An agent', concat('Agent `', any(calls.AgentId), '`')), ' did with `', any(calls.ToolName), '` what had been refused to `', any(refused.ToolName), '`') AS title,
    toString(min(refused.Timestamp)) AS starts_at,
    toString(max(calls.Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), arrayDistinct(arrayFlatten(groupArray([
        CAST((refused.TraceId, refused.SpanId, concat('1 refused: ', refused.ToolName)), 'Tuple(trace_id String, span_id String, note String)'),
        CAST((calls.TraceId, calls.SpanId, concat('2 done with ', calls.ToolName)), 'Tuple(trace_id String, span_id String, note String)')
    ])))), 1, 20) AS evidence,
    any(calls.AgentId) AS agent_id
FROM calls
INNER JOIN refused_calls AS refused ON refused.SessionId = calls.SessionId
WHERE calls.Timestamp > refused.Timestamp AND calls.ToolName != refused.ToolName AND calls.StatusCode != 'Error'
    AND length(arrayIntersect(calls.ArgRefs, refused.ArgRefs)) * 2 >= length(refused.ArgRefs)
    AND calls.SpanId NOT IN (SELECT SpanId FROM refused_calls) AND calls.SpanId NOT IN approvals
GROUP BY calls.SessionId
