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
    sessions AS
    (
        SELECT DISTINCT SessionId FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND SessionId != ''
    ),
    spans AS
    (
        SELECT SessionId, TraceId, SpanId, Timestamp, AgentId, ToolName, ToolDirection, MemoryOperation, ArgRefs, UntrustedRefs, TrustedRefs
        FROM otel_traces FINAL
        WHERE SessionId IN sessions AND IngestedAt < {to: DateTime64(6)}
            AND (notEmpty(ArgRefs) OR notEmpty(UntrustedRefs) OR notEmpty(TrustedRefs))
    ),
    trusted AS
    (
        SELECT SessionId, groupUniqArrayArray(TrustedRefs) AS refs FROM spans GROUP BY SessionId
    ),
    flows AS
    (
        SELECT
            calls.SessionId AS SessionId,
            calls.AgentId AS AgentId,
            calls.TraceId AS TraceId,
            calls.SpanId AS SpanId,
            calls.Timestamp AS Timestamp,
            calls.ToolName AS ToolName,
            sources.TraceId AS source_trace,
            sources.SpanId AS source_span,
            sources.ToolName AS source_tool,
            arrayFilter(ref -> NOT has(trusted.refs, ref), calls.ArgRefs) AS own,
            length(arrayIntersect(own, sources.UntrustedRefs)) AS shared
        FROM (SELECT * FROM spans WHERE ToolName != '' AND ToolDirection = 'output' AND MemoryOperation = '') AS calls
        INNER JOIN (SELECT * FROM spans WHERE ToolName != '' AND notEmpty(UntrustedRefs)) AS sources
            ON sources.SessionId = calls.SessionId
        INNER JOIN trusted ON trusted.SessionId = calls.SessionId
        WHERE sources.Timestamp < calls.Timestamp AND sources.SpanId != calls.SpanId
            AND shared > 0 AND shared >= {min_share: Float64} * length(own)
    )
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(
        if(any(AgentId) = '', 'An agent', concat('Agent `', any(AgentId), '`')), ' called `', any(ToolName),
        '` with values that only `', any(source_tool), '` had named'
    ) AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), arrayDistinct(arrayFlatten(groupArray([
        CAST((source_trace, source_span, concat('1 untrusted content from ', source_tool)), 'Tuple(trace_id String, span_id String, note String)'),
        CAST((TraceId, SpanId, concat('2 used by ', ToolName)), 'Tuple(trace_id String, span_id String, note String)')
    ])))), 1, 20) AS evidence,
    max(shared) AS shared_tokens,
    any(AgentId) AS agent_id
FROM flows
GROUP BY SessionId
