/*
name: A tool acted on values that only untrusted content named
description: >
  An acting tool was called with arguments whose telling parts (addresses, account numbers, names, paths) stand in an earlier
  tool result and nowhere in what the user or the system prompt said. Content that the agent read steered what it did.
severity: high
risk_score: 68
# Experimental: findings only. A value that the user asked to be looked up and used is indistinguishable here from an injected one.
status: experimental
version: 1
entity: session
params:
  min_share: 0.5
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM01, LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI01, ASI02]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Execution, technique: [AML.T0051.001, AML.T0053, AML.T0099]}
runbook: |
  1. Open the evidence: the call, and the result that its arguments came from.
  2. Does the user's request name that source and this kind of action ("pay the bill in the file")? Then it is what was asked for.
  3. If not, read the source as an attacker's text. Undo the action, quarantine the source, and look for other sessions that read it.
false_positives:
  - The user asked the agent to take a value from a document, page or message and use it.
required_fields: [ArgRefs, UntrustedRefs, ToolDirection]
tags: [injection, provenance]
*/
WITH
    touched AS
    (
        SELECT SessionId FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND SessionId != ''
    ),
    -- One pass over the sessions that act at all: their calls, what they had read, what the user said.
    sessions AS
    (
        SELECT
            SessionId,
            groupArrayIf((TraceId, SpanId, Timestamp, ToolName, ArgRefs), ToolName != '' AND ToolDirection = 'output' AND MemoryOperation = '') AS calls,
            groupArrayIf((TraceId, SpanId, Timestamp, ToolName, UntrustedRefs), ToolName != '' AND notEmpty(UntrustedRefs)) AS sources,
            groupUniqArrayArray(TrustedRefs) AS trusted,
            any(AgentId) AS agent
        FROM otel_traces FINAL
        WHERE IngestedAt < {to: DateTime64(6)} AND SessionId IN
        (
            SELECT SessionId FROM otel_traces
            WHERE SessionId IN touched AND ToolDirection = 'output' AND MemoryOperation = '' AND IngestedAt < {to: DateTime64(6)}
        )
        GROUP BY SessionId
    ),
    calls AS
    (
        SELECT
            SessionId, agent, sources,
            call.1 AS trace_id, call.2 AS span_id, call.3 AS called_at, call.4 AS tool,
            arrayFilter(ref -> NOT has(trusted, ref), call.5) AS own
        FROM sessions
        ARRAY JOIN calls AS call
        WHERE notEmpty(own)
    ),
    flows AS
    (
        SELECT
            SessionId, agent, trace_id, span_id, called_at, tool,
            source.1 AS source_trace, source.2 AS source_span, source.4 AS source_tool,
            length(arrayIntersect(own, source.5)) AS shared
        FROM calls
        ARRAY JOIN sources AS source
        WHERE source.3 <= called_at AND source.2 != span_id AND shared > 0 AND shared >= {min_share: Float64} * length(own)
    )
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(
        if(any(agent) = '', 'An agent', concat('Agent `', any(agent), '`')), ' called `', any(tool),
        '` with values that only `', any(source_tool), '` had named'
    ) AS title,
    toString(min(called_at)) AS starts_at,
    toString(max(called_at)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), arrayDistinct(arrayFlatten(groupArray([
        CAST((source_trace, source_span, concat('1 untrusted content from ', source_tool)), 'Tuple(trace_id String, span_id String, note String)'),
        CAST((trace_id, span_id, concat('2 used by ', tool)), 'Tuple(trace_id String, span_id String, note String)')
    ])))), 1, 20) AS evidence,
    max(shared) AS shared_tokens,
    any(agent) AS agent_id
FROM flows
GROUP BY SessionId
