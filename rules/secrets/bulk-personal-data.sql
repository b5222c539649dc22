/*
name: A session handled personal data in bulk
description: >
  Redaction found very many different pieces of personal data (addresses, phone numbers, cards, account numbers) in
  one session, or many of them in calls that lead outward. Lists of people leave systems this way.
severity: medium
risk_score: 40
status: test
version: 1
entity: session
params:
  max_read: 200
  max_sent: 50
  min_in_a_span: 5
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM02]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI02]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Exfiltration, technique: [AML.T0057, AML.T0086]}
runbook: |
  1. `read` and `sent` count different values. Look at `kinds`: addresses are everyday, cards and account numbers are
     not.
  2. Which tool brought them, and did the user's task need whole lists?
  3. If they went outward: to whom, and was the receiver named by the user? Tell the privacy officer when not.
  4. Narrow the tool: fewer columns, fewer rows, totals instead of people.
false_positives:
  - Reports, migrations and mailings that the user asked for.
required_fields: [Redactions.Class, Redactions.Fingerprint]
tags: [privacy, exfiltration]
*/
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(if(any(AgentId) = '', 'An agent', concat('Agent `', any(AgentId), '`')), if(uniqExactIf(fingerprint, outward) >= {max_sent: UInt32}, ' sent out', ' handled'), ' personal data in bulk') AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), groupUniqArray(CAST((TraceId, SpanId, concat(if(outward, 'sent out by ', 'in '), if(ToolName = '', Kind, ToolName))), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS evidence,
    toString(uniqExact(fingerprint)) AS read,
    toString(uniqExactIf(fingerprint, outward)) AS sent,
    arraySort(groupUniqArray(10)(kind)) AS kinds,
    any(AgentId) AS agent_id
FROM
(
    SELECT
        SessionId, TraceId, SpanId, Timestamp, ToolName, Kind, AgentId, fingerprint, kind,
        ToolDirection = 'output' AND ToolCategory IN ('email', 'external_api') AND match(path, '(?i)(argument|\\.args|parameter|tool_input|toolCall\\.args|command|input\\.value|ToolArguments|entity\\.input)') AS outward
    FROM otel_traces
    ARRAY JOIN Redactions.Fingerprint AS fingerprint, Redactions.Class AS class, Redactions.Kind AS kind, Redactions.Path AS path
    WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND class = 'pii'
        AND SessionId IN (SELECT SessionId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND length(Redactions.Class) >= {min_in_a_span: UInt32} AND has(Redactions.Class, 'pii'))
)
GROUP BY SessionId
HAVING uniqExact(fingerprint) >= {max_read: UInt32} OR uniqExactIf(fingerprint, outward) >= {max_sent: UInt32}
