/*
name: A tool result that gave orders was followed by an action made of it
description: >
  A tool result or document spoke to the model (told it to ignore its instructions, to act before answering, to keep
  something from the user), and a later acting call of the session carries values that stand in that text and that the
  user never named.
severity: high
risk_score: 70
status: test
version: 1
entity: session
params:
  min_shared: 1
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM01, LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI01, ASI02]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Execution, technique: [AML.T0051.001, AML.T0053, AML.T0099]}
runbook: |
  1. Open the evidence: first the text that gives orders, then the call. Does the call do what the text asks for?
  2. If so, undo the action (recall the mail, revert the change, stop the payment) and quarantine the source.
  3. List every session that read the same source: search `otel_traces` for its tool and time.
  4. Close as benign when the user asked the agent to follow the instructions in that document.
false_positives:
  - Documents whose purpose is to instruct (run books, set-up guides) when the user asks the agent to follow them.
  - Security training material and test data.
required_fields: [ContentSignals, UntrustedRefs, ArgRefs, ToolDirection]
tags: [injection, provenance]
*/
WITH
    told AS
    (
        SELECT SessionId, TraceId, SpanId, Timestamp, ToolName, UntrustedRefs
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND has(ContentSignals, 'instructions')
            AND SessionId IN (SELECT SessionId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND (ToolDirection = 'output' OR notEmpty(ContentSignals)))
    ),
    sessions AS
    (
        SELECT
            SessionId,
            groupUniqArrayArray(TrustedRefs) AS trusted,
            groupUniqArrayIf((TraceId, SpanId, Timestamp, ToolName, ArgRefs), ToolDirection = 'output' AND notEmpty(ArgRefs)) AS calls,
            any(AgentId) AS agent
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND SessionId IN (SELECT SessionId FROM told)
        GROUP BY SessionId
        HAVING notEmpty(calls)
    ),
    flows AS
    (
        SELECT
            SessionId, agent, told.TraceId AS source_trace, told.SpanId AS source_span, told.ToolName AS source_tool,
            call.1 AS trace_id, call.2 AS span_id, call.3 AS called_at, call.4 AS tool,
            length(arrayFilter(ref -> NOT has(trusted, ref), arrayIntersect(call.5, told.UntrustedRefs))) AS shared
        FROM told
        INNER JOIN sessions ON sessions.SessionId = told.SessionId
        ARRAY JOIN calls AS call
        WHERE called_at > told.Timestamp AND span_id != source_span AND shared >= {min_shared: UInt32}
    )
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(if(any(agent) = '', 'An agent', concat('Agent `', any(agent), '`')), ' called `', any(tool), '` with what a text that gives orders had named') AS title,
    toString(min(called_at)) AS starts_at,
    toString(max(called_at)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), arrayDistinct(arrayFlatten(groupArray([
        CAST((source_trace, source_span, concat('1 speaks to the model, read by ', if(source_tool = '', 'a model call', source_tool))), 'Tuple(trace_id String, span_id String, note String)'),
        CAST((trace_id, span_id, concat('2 acts: ', tool)), 'Tuple(trace_id String, span_id String, note String)')
    ])))), 1, 20) AS evidence,
    max(shared) AS shared_tokens,
    any(agent) AS agent_id
FROM flows
GROUP BY SessionId
