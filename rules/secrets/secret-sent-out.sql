/*
name: A credential that an agent had read went out in a tool call
description: >
  A credential that a tool result held stands in the arguments of a later call that leads outward: a mail, a request,
  a command that names a URL. The agent took it from where it was kept and sent it away.
severity: critical
risk_score: 82
status: stable
version: 1
entity: session
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM02, LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI02, ASI03]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Exfiltration, technique: [AML.T0086, AML.T0098, AML.T0055]}
runbook: |
  1. Open the evidence: the result that held the credential and the call that sent it. Which receiver, which host?
  2. Revoke the credential now; rotation alone leaves the old value usable until it is done.
  3. Look in the logs of the system that it opens for its use since `starts_at`.
  4. Read what the session had read before the call for text that asked for it, and close the way: an agent that may
     read secrets should not reach the outside.
false_positives:
  - Agents whose work is to authenticate with a credential that a tool hands them (a login that returns a token for
    the next call).
required_fields: [Redactions.Class, Redactions.Path, ToolDirection]
tags: [secrets, exfiltration]
*/
WITH
    sent AS
    (
        SELECT SessionId, TraceId, SpanId, Timestamp, ToolName, AgentId, fingerprint, kind
        FROM otel_traces
        ARRAY JOIN Redactions.Fingerprint AS fingerprint, Redactions.Class AS class, Redactions.Kind AS kind, Redactions.Path AS path
        WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND class = 'secret' AND has(Redactions.Class, 'secret')
            AND ToolDirection = 'output'
            AND (ToolCategory IN ('email', 'external_api') OR (ToolCategory = 'code_execution' AND InputSource = 'external'))
            AND match(path, '(?i)(argument|\\.args|parameter|tool_input|toolCall\\.args|command|input\\.value|ToolArguments|entity\\.input)')
            AND SessionId IN (SELECT SessionId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND has(Redactions.Class, 'secret'))
    ),
    held AS
    (
        SELECT SessionId, TraceId, SpanId, Timestamp, ToolName, fingerprint
        FROM otel_traces
        ARRAY JOIN Redactions.Fingerprint AS fingerprint, Redactions.Class AS class, Redactions.Path AS path
        WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND class = 'secret' AND ToolCategory != '' AND NOT match(path, '(?i)(argument|\\.args|parameter|tool_input|toolCall\\.args|command|input\\.value|ToolArguments|entity\\.input)')
            AND SessionId IN (SELECT SessionId FROM sent)
    )
SELECT
    sent.SessionId AS entity,
    sent.SessionId AS session_id,
    concat(if(any(sent.AgentId) = '', 'An agent', concat('Agent `', any(sent.AgentId), '`')), ' sent out a credential (', any(sent.kind), ') through `', any(sent.ToolName), '`') AS title,
    toString(min(sent.Timestamp)) AS starts_at,
    toString(max(sent.Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), arrayDistinct(arrayFlatten(groupArray([
        CAST((held.TraceId, held.SpanId, concat('1 credential read by ', held.ToolName)), 'Tuple(trace_id String, span_id String, note String)'),
        CAST((sent.TraceId, sent.SpanId, concat('2 sent out by ', sent.ToolName)), 'Tuple(trace_id String, span_id String, note String)')
    ])))), 1, 20) AS evidence,
    arraySort(groupUniqArray(20)(sent.fingerprint)) AS fingerprints,
    any(sent.AgentId) AS agent_id
FROM sent
INNER JOIN held ON held.SessionId = sent.SessionId AND held.fingerprint = sent.fingerprint
WHERE held.Timestamp < sent.Timestamp AND held.SpanId != sent.SpanId
GROUP BY sent.SessionId
