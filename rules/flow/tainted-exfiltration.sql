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
            groupArrayIf((TraceId, SpanId, Timestamp, ToolName, ArgRefs), ToolName != '' AND ToolDirection = 'output' AND ToolCategory IN ('email', 'external_api')) AS calls,
            groupArrayIf((TraceId, SpanId, Timestamp, ToolName, UntrustedRefs), ToolName != '' AND notEmpty(UntrustedRefs)) AS sources,
            groupUniqArrayArray(TrustedRefs) AS trusted,
            any(AgentId) AS agent
        FROM otel_traces FINAL
        WHERE IngestedAt < {to: DateTime64(6)} AND SessionId IN
        (
            SELECT SessionId FROM otel_traces
            WHERE SessionId IN touched AND ToolDirection = 'output' AND ToolCategory IN ('email', 'external_api') AND IngestedAt < {to: DateTime64(6)}
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
    -- Two results that each brought something the other does not have: the destination and the content.
    mixtures AS
    (
        SELECT
            SessionId, agent, trace_id, span_id, called_at, tool,
            arrayFilter(
                source -> source.3 <= called_at AND source.2 != span_id AND notEmpty(arrayIntersect(own, source.5)), sources
            ) AS read,
            arrayMap(source -> arrayIntersect(own, source.5), read) AS parts
        FROM calls
        WHERE arrayExists(a -> arrayExists(b -> arrayExists(ref -> NOT has(b, ref), a)
            AND arrayExists(ref -> NOT has(a, ref), b), parts), parts)
    )
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(
        if(any(agent) = '', 'An agent', concat('Agent `', any(agent), '`')), ' sent content out through `', any(tool),
        '` and the user never named where to'
    ) AS title,
    toString(min(called_at)) AS starts_at,
    toString(max(called_at)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), arrayDistinct(arrayConcat(
        groupArray(CAST((trace_id, span_id, concat('2 sent out by ', tool)), 'Tuple(trace_id String, span_id String, note String)')),
        arrayMap(
            source -> CAST((source.1, source.2, concat('1 untrusted content from ', source.4)), 'Tuple(trace_id String, span_id String, note String)'),
            arrayFlatten(groupArray(read))
        )
    ))), 1, 20) AS evidence,
    any(agent) AS agent_id
FROM mixtures
GROUP BY SessionId
