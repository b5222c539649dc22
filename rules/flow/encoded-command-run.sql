/*
name: An agent decoded a payload and ran it
description: >
  A command decodes something (base64, hex, an encoded PowerShell command) and runs what comes out. Agents write
  commands in clear text; whoever encodes one wants neither the user nor a filter to read it.
severity: high
risk_score: 70
status: stable
version: 1
entity: session
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM05, LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI02, ASI05]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Execution, technique: [AML.T0050, AML.T0053, AML.T0068]}
runbook: |
  1. Open the evidence, take the payload out of the command and decode it without running it.
  2. Where did the agent get it: a page, a README, a package's install script, the user?
  3. Isolate the machine if the payload fetches or installs anything, and rotate what the process could read.
  4. Close as benign for known installers, and say which in an exception.
false_positives:
  - Installers and continuous-integration scripts that carry their payload encoded.
required_fields: [ContentSignals, ToolCategory]
tags: [execution, obfuscation]
*/
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(if(any(AgentId) = '', 'An agent', concat('Agent `', any(AgentId), '`')), ' decoded a payload and ran it') AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), groupUniqArray(CAST((TraceId, SpanId, concat('decodes and runs', if(StatusCode = 'Error', ', failed', ''), ': ', ToolName)), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS evidence,
    any(AgentId) AS agent_id,
    any(UserId) AS user_id
FROM otel_traces
WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
    AND has(ContentSignals, 'encoded_command')
GROUP BY SessionId
