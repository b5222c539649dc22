/*
name: An agent read text that people cannot see
description: >
  A tool result, a document or a tool's definition holds a run of characters that a model reads and a person does not
  see (tag characters, variation selectors used as bytes, long runs of zero-width characters). Nobody writes those by
  accident: they carry instructions past reviewers.
severity: high
risk_score: 62
status: stable
version: 1
entity: session
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM01, LLM03]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI01, ASI04]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Defense Evasion, technique: [AML.T0068, AML.T0051.001, AML.T0110]}
runbook: |
  1. Open the evidence and find where the text came from: a page, a file, a ticket, the description of a tool.
  2. Decode it (tag characters are ASCII moved up by U+E0000). It says what the attacker wants.
  3. Did the agent act on it afterwards? Look at the acting calls of the session that follow the span.
  4. Remove the source, or the MCP server that offers such a tool, and look for other sessions that read it.
false_positives:
  - Research and test data about hidden text.
required_fields: [ContentSignals]
tags: [injection, obfuscation]
*/
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(if(any(AgentId) = '', 'An agent', concat('Agent `', any(AgentId), '`')), ' read text that people cannot see') AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), groupUniqArray(CAST((TraceId, SpanId, if(ToolName = '', 'hidden characters in what the model was given', concat('hidden characters in what ', ToolName, ' brought'))), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS evidence,
    any(AgentId) AS agent_id,
    arraySort(groupUniqArray(10)(ToolName)) AS tools
FROM otel_traces
WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
    AND has(ContentSignals, 'hidden_text')
GROUP BY SessionId
