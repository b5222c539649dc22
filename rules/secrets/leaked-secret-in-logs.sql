/*
name: A credential appeared in logs
description: >
  Redaction found credentials in a log record that no span stands for: a message of a service, or an event inside a span.
  The values were replaced before anything was stored, but whoever else reads these logs has them.
severity: high
risk_score: 65
status: stable
version: 1
entity: session
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM02]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI03]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Credential Access, technique: [AML.T0055, AML.T0098]}
runbook: |
  1. Look at the evidence: `path` says where the credential stood (`Body`, or which attribute). The record is in `otel_logs`
     under its SpanId, or under its LogId when it names no span.
  2. Revoke or rotate it. A fingerprint is the same wherever the same value appears: search `redaction_findings` for it.
  3. Where else do these logs go: other collectors, files, vendors? Have it deleted there.
  4. Stop the service or tool from logging it.
false_positives:
  - Documentation samples and test fixtures that look like real credentials. Well-known placeholders are already ignored.
required_fields: [Redactions.Class]
tags: [secrets, logs]
*/
SELECT
    if(SessionId = '', concat('logs of ', ServiceName), SessionId) AS entity,
    SessionId AS session_id,
    concat(
        toString(uniqExact(fingerprint)), if(uniqExact(fingerprint) = 1, ' credential (', ' credentials ('),
        arrayStringConcat(arraySort(groupUniqArray(5)(kind)), ', '), ') in logs of ',
        if(any(ServiceName) = '', 'an unnamed service', concat('`', any(ServiceName), '`'))
    ) AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.1, item.2), groupUniqArray(CAST(
        (TraceId, if(SpanId = '', LogId, SpanId), concat(kind, ' at ', path)),
        'Tuple(trace_id String, span_id String, note String)'
    ))), 1, 20) AS evidence,
    arraySort(groupUniqArray(20)(kind)) AS kinds,
    arraySort(groupUniqArray(20)(fingerprint)) AS fingerprints,
    any(AgentId) AS agent_id
FROM otel_logs FINAL
ARRAY JOIN
    Redactions.Class AS class,
    Redactions.Kind AS kind,
    Redactions.Path AS path,
    Redactions.Fingerprint AS fingerprint
WHERE class = 'secret' AND EventSpanId = ''
    AND IngestedAt < {to: DateTime64(6)}
    AND (SessionId, ServiceName) IN
    (
        SELECT SessionId, ServiceName FROM otel_logs
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND has(Redactions.Class, 'secret') AND EventSpanId = ''
    )
    AND IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY
GROUP BY SessionId, ServiceName
