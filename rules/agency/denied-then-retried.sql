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
    sessions AS
    (
        SELECT
            SessionId,
            any(AgentId) AS agent,
            -- The refusal is a span below the call it is about, or the call's own.
            groupUniqArrayArrayIf([ParentSpanId, SpanId], lower(GuardrailVerdict) IN {refused: Array(String)}) AS refused_spans,
            groupUniqArrayIf(ParentSpanId, lower(GuardrailVerdict) IN ('accept', 'allow', 'approve', 'approved') AND startsWith(SpanAttributes['source'], 'user')) AS approved_spans,
            groupUniqArrayIf((TraceId, SpanId, Timestamp, ToolName, ArgRefs, StatusCode = 'Error'), ToolCategory != '' AND notEmpty(ArgRefs)) AS calls
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)}
            AND SessionId IN
            (
                SELECT SessionId FROM otel_traces
                WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND lower(GuardrailVerdict) IN {refused: Array(String)}
                    AND SessionId IN (SELECT SessionId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND (ToolCategory != '' OR GuardrailVerdict != ''))
            )
        GROUP BY SessionId
    ),
    pairs AS
    (
        SELECT
            SessionId, agent, refused, call
        FROM
        (
            SELECT SessionId, agent, refused_spans, approved_spans, calls, refused
            FROM sessions
            ARRAY JOIN arrayFilter(call -> has(refused_spans, call.2), calls) AS refused
        )
        ARRAY JOIN arrayFilter(call -> NOT call.6 AND NOT has(refused_spans, call.2) AND NOT has(approved_spans, call.2), calls) AS call
        WHERE call.3 > refused.3 AND call.4 != refused.4
            AND length(arrayIntersect(call.5, refused.5)) * 2 >= length(refused.5)
    )
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(if(any(agent) = '', 'An agent', concat('Agent `', any(agent), '`')), ' did with `', any(call.4), '` what had been refused to `', any(refused.4), '`') AS title,
    toString(min(refused.3)) AS starts_at,
    toString(max(call.3)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), arrayDistinct(arrayFlatten(groupArray([
        CAST((refused.1, refused.2, concat('1 refused: ', refused.4)), 'Tuple(trace_id String, span_id String, note String)'),
        CAST((call.1, call.2, concat('2 done with ', call.4)), 'Tuple(trace_id String, span_id String, note String)')
    ])))), 1, 20) AS evidence,
    any(agent) AS agent_id
FROM pairs
GROUP BY SessionId
