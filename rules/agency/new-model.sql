/*
name: A model was used for the first time
description: >
  An agent called a model that nobody in this org had used before. Content may go to a provider that no contract
  covers, or to a model that somebody planted.
severity: low
risk_score: 20
status: test
version: 1
entity: org
params:
  learning_days: 3
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM03, LLM02]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI04]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Resource Development, technique: [AML.T0010.003]}
runbook: |
  1. Look at `provider` and at the server address of the evidence span: is it one that the org has a contract with?
  2. Who changed the model: a release, a setting, a router that falls back?
  3. If the provider is not approved, block it and list what was sent (sessions of that model).
  4. Enter the model in the inventory and close as benign when it is meant.
false_positives:
  - Every new model and dated version of one, once.
required_fields: [Model, Provider]
tags: [inventory, supply-chain]
*/
WITH
    (SELECT min(FirstSeen) FROM agent_facts WHERE Fact = 'model') AS known_since,
    
    fresh AS
    (
        SELECT Name, min(FirstSeen) AS first_seen
        FROM agent_facts
        WHERE Fact = 'model'
        GROUP BY Name
        HAVING min(FirstIngested) >= {from: DateTime64(6)} AND min(FirstIngested) < {to: DateTime64(6)}
            AND first_seen >= known_since + toIntervalDay({learning_days: UInt32})
    )
SELECT
    Model AS entity,
    argMin(SessionId, (Timestamp, SpanId)) AS session_id,
    Model AS dedup_key,
    concat('The model `', Model, '` was used for the first time, by agent `', argMin(AgentId, (Timestamp, SpanId)), '`') AS title,
    toString(min(Timestamp)) AS starts_at,
    starts_at AS ends_at,
    [CAST((argMin(TraceId, (Timestamp, SpanId)), argMin(SpanId, (Timestamp, SpanId)), concat('first call of ', Model)), 'Tuple(trace_id String, span_id String, note String)')] AS evidence,
    any(Provider) AS provider,
    arraySort(groupUniqArray(10)(AgentId)) AS agents
FROM otel_traces
WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
    AND Kind = 'llm' AND Model != '' AND Model IN (SELECT Name FROM fresh)
GROUP BY Model
