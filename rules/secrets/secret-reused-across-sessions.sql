/*
name: One credential turns up in session after session
description: >
  The same credential was found in several sessions, of different users or agents, within a week. It is not an
  accident of one run: it lives somewhere that agents read (a repository, a shared prompt, a wiki), or is handed
  around.
severity: high
risk_score: 58
status: test
version: 1
entity: secret
schedule: "0 * * * * *"
params:
  days: 7
  min_sessions: 3
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM02, LLM07]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI03]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Credential Access, technique: [AML.T0055, AML.T0083]}
runbook: |
  1. Search `redaction_findings` for the fingerprint: where did it stand in each session (`path`), and which tool
     brought it?
  2. Find the one place it comes from, and take it out there; a finding per session ends only then.
  3. Rotate the credential: everyone with those sessions' tools has it.
  4. Close as false_positive for samples, with an exception on the fingerprint.
false_positives:
  - Sample credentials in documentation and test fixtures that many sessions read.
required_fields: [Redactions.Class, Redactions.Fingerprint]
tags: [secrets]
*/
WITH
    (SELECT count() > 0 FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND has(Redactions.Class, 'secret')) AS any_secret,
    found AS
    (
        SELECT DISTINCT fingerprint
        FROM otel_traces
        ARRAY JOIN Redactions.Fingerprint AS fingerprint, Redactions.Class AS class
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND class = 'secret'
    )
SELECT
    fingerprint AS entity,
    argMax(SessionId, Timestamp) AS session_id,
    fingerprint AS dedup_key,
    concat('One credential (', any(kind), ') in several sessions of different users or agents') AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), groupUniqArray(CAST((TraceId, SpanId, concat(kind, ' at ', path)), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS evidence,
    toString(uniqExact(SessionId)) AS sessions,
    arraySort(groupUniqArray(20)(AgentId)) AS agents,
    toString(uniqExact(UserId)) AS users
FROM otel_traces
ARRAY JOIN Redactions.Fingerprint AS fingerprint, Redactions.Class AS class, Redactions.Kind AS kind, Redactions.Path AS path
WHERE any_secret
    AND Timestamp >= {from: DateTime64(6)} - toIntervalDay({days: UInt32}) AND IngestedAt < {to: DateTime64(6)}
    AND has(Redactions.Class, 'secret') AND class = 'secret' AND fingerprint IN found
GROUP BY fingerprint
HAVING uniqExact(SessionId) >= {min_sessions: UInt32} AND (uniqExact(UserId) >= 2 OR uniqExact(AgentId) >= 2)
