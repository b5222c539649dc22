/*
name: One user works on several machines at once
description: >
  An AI coding tool ran for the same user on more machines at the same time than a person uses. A token was copied, or
  people share an account.
severity: high
risk_score: 52
status: test
version: 1
entity: user
params:
  max_machines: 2
  within_minutes: 15
  coding_frameworks: [claude-code, cursor, codex, gemini-cli, copilot-cli]
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI03]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Initial Access, technique: [AML.T0012, AML.T0091.000]}
runbook: |
  1. Ask the user which of the machines in `machines` are theirs. One that nobody knows: revoke the token now.
  2. Look at what ran on the unknown machine: repositories, tools, results, credentials that were read.
  3. Where was the token taken from? Look for credential-file-read and secret-sent-out of this user.
  4. For shared accounts: give each person their own, and close as benign.
false_positives:
  - Remote machines, containers and continuous integration that run under a person's name. Senders that name no host
    can't be judged.
required_fields: [UserId, ResourceAttributes]
tags: [identity, coding-agents]
*/
WITH
    machines AS
    (
        SELECT UserId, coalesce(nullIf(ResourceAttributes['host.id'], ''), nullIf(ResourceAttributes['host.name'], ''), nullIf(SpanAttributes['host.id'], ''), SpanAttributes['host.name']) AS machine, max(Timestamp) AS last_seen,
            argMax(TraceId, (Timestamp, SpanId)) AS trace_id, argMax(SpanId, (Timestamp, SpanId)) AS span_id, argMax(SessionId, (Timestamp, SpanId)) AS session
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 1 HOUR AND IngestedAt < {to: DateTime64(6)}
            AND AgentFramework IN {coding_frameworks: Array(String)}
            AND UserId != '' AND UserId IN (SELECT UserId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND AgentFramework IN {coding_frameworks: Array(String)})
        GROUP BY UserId, machine
        HAVING machine != ''
    ),
    together AS
    (
        SELECT UserId, arrayFilter(item -> item.1 >= latest - toIntervalMinute({within_minutes: UInt32}), all_machines) AS seen, max(last_seen) AS latest,
            groupArray((last_seen, machine, trace_id, span_id, session)) AS all_machines
        FROM machines
        GROUP BY UserId
        HAVING length(seen) > {max_machines: UInt32}
    )
SELECT
    UserId AS entity,
    seen[1].5 AS session_id,
    concat(UserId, ' ', toString(toDate(latest))) AS dedup_key,
    concat('User `', UserId, '` works on more than ', toString({max_machines: UInt32}), ' machines at once') AS title,
    toString(arrayMin(arrayMap(item -> item.1, seen))) AS starts_at,
    toString(latest) AS ends_at,
    arraySlice(arraySort(item -> item.3, arrayMap(item -> CAST((item.3, item.4, concat('on ', item.2)), 'Tuple(trace_id String, span_id String, note String)'), seen)), 1, 20) AS evidence,
    arraySort(arrayMap(item -> item.2, seen)) AS machines
FROM together
