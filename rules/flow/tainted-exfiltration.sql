/*
name: Content was sent out to where only untrusted content pointed
description: >
  A tool that reaches outside (mail, HTTP) was called with a mixture: part of its arguments stands in one untrusted result and
  nowhere in what the user said (the destination), part in another result (the content). That is what exfiltration by an
  injected instruction looks like.
severity: critical
risk_score: 82
# Experimental: findings only, for the same reason as tainted-tool-call.
status: experimental
version: 1
entity: session
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM01, LLM02]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI01, ASI02]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Exfiltration, technique: [AML.T0086, AML.T0025]}
runbook: |
  1. Open the evidence: the outward call, and the two results that its arguments came from.
  2. Find the destination in the arguments and who named it. If no user did, block it at the proxy or mail gateway now.
  3. Establish what left: read the content's source, and look for other calls to the same destination in all sessions.
false_positives:
  - The user asked the agent to send what it finds to a contact that it has to look up.
required_fields: [ArgRefs, UntrustedRefs, ToolCategory]
tags: [injection, exfiltration, provenance]
*/
WITH
    sessions AS
    (
        SELECT DISTINCT SessionId FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND SessionId != ''
    ),
    spans AS
    (
        SELECT SessionId, TraceId, SpanId, Timestamp, AgentId, ToolName, ToolDirection, ToolCategory, ArgRefs, UntrustedRefs, TrustedRefs
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
            arrayIntersect(own, sources.UntrustedRefs) AS shared
        FROM (SELECT * FROM spans WHERE ToolName != '' AND ToolDirection = 'output' AND ToolCategory IN ('email', 'external_api')) AS calls
        INNER JOIN (SELECT * FROM spans WHERE ToolName != '' AND notEmpty(UntrustedRefs)) AS sources
            ON sources.SessionId = calls.SessionId
        INNER JOIN trusted ON trusted.SessionId = calls.SessionId
        WHERE sources.Timestamp < calls.Timestamp AND sources.SpanId != calls.SpanId
            AND notEmpty(shared)
    ),
    -- Two results that each brought something the other does not have.
    mixtures AS
    (
        SELECT
            SessionId, TraceId, SpanId,
            any(AgentId) AS AgentId, any(ToolName) AS ToolName, any(Timestamp) AS Timestamp,
            groupArray((source_trace, source_span, source_tool)) AS sources,
            groupArray(shared) AS parts,
            arrayExists(a -> arrayExists(b -> length(arrayFilter(ref -> NOT has(b, ref), a)) > 0
                AND length(arrayFilter(ref -> NOT has(a, ref), b)) > 0, parts), parts) AS mixed
        FROM flows
        GROUP BY SessionId, TraceId, SpanId
        HAVING mixed
    )
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(
        if(any(AgentId) = '', 'An agent', concat('Agent `', any(AgentId), '`')), ' sent content out through `', any(ToolName),
        '` and the user never named where to'
    ) AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), arrayDistinct(arrayConcat(
        groupArray(CAST((TraceId, SpanId, concat('2 sent out by ', ToolName)), 'Tuple(trace_id String, span_id String, note String)')),
        arrayMap(
            source -> CAST((source.1, source.2, concat('1 untrusted content from ', source.3)), 'Tuple(trace_id String, span_id String, note String)'),
            arrayFlatten(groupArray(sources))
        )
    ))), 1, 20) AS evidence,
    any(AgentId) AS agent_id
FROM mixtures
GROUP BY SessionId
