/*
name: An answer shows an image whose address carries data out
description: >
  An answer holds an image (markdown or HTML) with a long payload in its address that the model put together itself,
  in a session that had read content from tools. A client that shows the answer fetches the image, and with it sends
  the payload to whoever owns the host.
severity: high
risk_score: 64
status: test
version: 1
entity: session
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM02, LLM05]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI01, ASI02]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Exfiltration, technique: [AML.T0077, AML.T0086]}
runbook: |
  1. Open the evidence: which host is in the image's address, and what is in its query or path?
  2. Does the client that shows these answers load images of hosts that nobody approved? Then the payload has left.
  3. Find the text that asked for the image among the results that the session read before; quarantine it.
  4. Let the client load images from approved hosts only.
false_positives:
  - Agents that build addresses of charts or badges. Addresses that a tool gave word for word are left out.
required_fields: [ContentSignals]
tags: [exfiltration, injection]
*/
SELECT
    answers.SessionId AS entity,
    answers.SessionId AS session_id,
    concat(if(any(answers.AgentId) = '', 'An agent', concat('Agent `', any(answers.AgentId), '`')), ' answered with an image whose address carries a payload') AS title,
    toString(min(answers.Timestamp)) AS starts_at,
    toString(max(answers.Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), groupUniqArray(CAST((answers.TraceId, answers.SpanId, 'answer with an image that carries a payload'), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS evidence,
    any(answers.AgentId) AS agent_id,
    any(answers.UserId) AS user_id
FROM
(
    SELECT SessionId, TraceId, SpanId, Timestamp, AgentId, UserId FROM otel_traces
    WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND has(ContentSignals, 'remote_image')
) AS answers
-- Without anything read, the payload can only be the user's own.
WHERE answers.SessionId IN
(
    SELECT SessionId FROM otel_traces
    WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND notEmpty(UntrustedRefs)
        AND SessionId IN (SELECT SessionId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND has(ContentSignals, 'remote_image'))
)
GROUP BY answers.SessionId
