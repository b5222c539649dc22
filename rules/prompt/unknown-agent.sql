/*
name: An agent was seen for the first time
description: >
  Spans came from an agent that this org has never seen, though it has sent traces for a while. Somebody deployed an
  agent without telling, or someone who holds an ingest token makes up agents.
severity: low
risk_score: 21
status: test
version: 1
entity: agent
params:
  learning_days: 3
  max_new_in_a_week: 10
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM03]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI04, ASI10]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Resource Development, technique: [AML.T0010]}
runbook: |
  1. Who runs it? Look at the service name, host and user of the evidence span.
  2. If nobody knows it: which ingest token sent the span, and what tools and models does the agent use
     (`agent_facts`)?
  3. Revoke the token if it is not accounted for, and block the agent's credentials until someone owns it.
  4. If it is known, enter it in the inventory and close as benign.
false_positives:
  - Every new agent, once. Orgs whose senders give each run an agent id of its own are left out (`max_new_in_a_week`).
required_fields: [AgentId]
tags: [inventory]
*/
WITH
    (SELECT min(FirstSeen) FROM agent_facts WHERE Fact = 'agent') AS watched_since,
    fresh AS
    (
        SELECT AgentId, min(FirstSeen) AS first_seen
        FROM agent_facts
        WHERE Fact = 'agent'
        GROUP BY AgentId
        HAVING min(FirstIngested) >= {from: DateTime64(6)} AND min(FirstIngested) < {to: DateTime64(6)}
            AND first_seen >= watched_since + toIntervalDay({learning_days: UInt32})
    ),
    (
        SELECT uniqExactIf(AgentId, since >= (SELECT min(first_seen) FROM fresh) - INTERVAL 7 DAY AND AgentId NOT IN (SELECT AgentId FROM fresh))
        FROM (SELECT AgentId, min(FirstSeen) AS since FROM agent_facts WHERE Fact = 'agent' GROUP BY AgentId)
        -- Those seen in the first days are what there was, not what is new.
        WHERE since >= watched_since + toIntervalDay({learning_days: UInt32})
    ) AS new_in_a_week
SELECT
    AgentId AS entity,
    argMin(SessionId, Timestamp) AS session_id,
    AgentId AS dedup_key,
    concat('Agent `', AgentId, '` was seen for the first time') AS title,
    toString(min(Timestamp)) AS starts_at,
    starts_at AS ends_at,
    [CAST((argMin(TraceId, (Timestamp, SpanId)), argMin(SpanId, (Timestamp, SpanId)), concat('first span, from service ', argMin(ServiceName, (Timestamp, SpanId)))), 'Tuple(trace_id String, span_id String, note String)')] AS evidence,
    any(AgentFramework) AS framework
FROM otel_traces
WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
    AND AgentId IN (SELECT AgentId FROM fresh) AND new_in_a_week <= {max_new_in_a_week: UInt32}
GROUP BY AgentId
