/*
name: A credential appeared in an agent's trace
description: >
  Redaction found credentials in what an agent read, said or passed to a tool. The values were replaced before anything was
  stored, but the model, the tools and every service in between have seen them.
severity: high
risk_score: 73
status: stable
version: 1
entity: session
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM02, LLM07]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI03]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Credential Access, technique: [AML.T0055, AML.T0057, AML.T0098]}
runbook: |
  1. Look at the evidence: `path` says where the credential stood (tool result, argument, prompt, environment).
  2. Revoke or rotate it. A fingerprint is the same wherever the same value appears: search `redaction_findings` for it to
     see every session, agent and tool that met it.
  3. Find out why the agent could see it (a file it may read, an environment variable, a pasted prompt) and close that way.
  4. If an outward tool call follows the span in the session, treat the credential as disclosed.
false_positives:
  - Documentation samples and test fixtures that look like real credentials. Well-known placeholders are already ignored.
required_fields: [Redactions.Class]
tags: [secrets]
*/
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(
        toString(uniqExact(fingerprint)), if(uniqExact(fingerprint) = 1, ' credential (', ' credentials ('),
        arrayStringConcat(arraySort(groupUniqArray(5)(kind)), ', '), ') in a session of ',
        if(any(AgentId) = '', 'an unnamed agent', concat('agent `', any(AgentId), '`'))
    ) AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.1, item.2), groupUniqArray(CAST(
        (TraceId, SpanId, concat(kind, ' at ', path)),
        'Tuple(trace_id String, span_id String, note String)'
    ))), 1, 20) AS evidence,
    arraySort(groupUniqArray(20)(kind)) AS kinds,
    arraySort(groupUniqArray(20)(fingerprint)) AS fingerprints,
    any(AgentId) AS agent_id
FROM redaction_findings
WHERE class = 'secret'
    AND SessionId IN
    (
        SELECT SessionId FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND has(Redactions.Class, 'secret')
    )
    AND IngestedAt < {to: DateTime64(6)}
GROUP BY SessionId
