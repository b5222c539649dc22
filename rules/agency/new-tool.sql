/*
name: An agent used a tool it had never used
description: >
  An agent that has been known for days called a tool that it never called before. New tools are how new rights and
  new attackers come in.
severity: low
risk_score: 16
status: experimental
version: 1
schedule: "0 * * * * *"
entity: agent
params:
  learning_days: 3
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM03, LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI02, ASI04]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Resource Development, technique: [AML.T0010.005, AML.T0053]}
runbook: |
  1. Does the agent's owner know the tool? Look at its category and direction, and at the MCP server it belongs to.
  2. When did it become available: with a release, a new MCP server, a changed setting?
  3. Read the session up to the call: did the user's task call for it, or a text that the agent had read?
  4. If it should not be there, take it from the agent and review its calls.
false_positives:
  - Every new tool of a release, and tools that are seldom needed.
required_fields: [AgentId, ToolName]
tags: [inventory, supply-chain]
*/
WITH
    known AS
    (SELECT AgentId, min(FirstSeen) AS known_since FROM agent_facts WHERE Fact = 'tool' GROUP BY AgentId),
    fresh AS
    (
        SELECT facts.AgentId AS AgentId, Name, min(FirstSeen) AS first_seen
        FROM agent_facts AS facts INNER JOIN known ON known.AgentId = facts.AgentId
        WHERE Fact = 'tool'
        GROUP BY AgentId, Name, known_since
        HAVING min(FirstIngested) >= {from: DateTime64(6)} AND min(FirstIngested) < {to: DateTime64(6)}
            AND first_seen >= known_since + toIntervalDay({learning_days: UInt32})
    )
SELECT
    AgentId AS entity,
    argMin(SessionId, (Timestamp, SpanId)) AS session_id,
    concat(AgentId, ' ', ToolName) AS dedup_key,
    concat('Agent `', AgentId, '` called `', ToolName, '` for the first time') AS title,
    toString(min(Timestamp)) AS starts_at,
    starts_at AS ends_at,
    [CAST((argMin(TraceId, (Timestamp, SpanId)), argMin(SpanId, (Timestamp, SpanId)), concat('first call of ', ToolName)), 'Tuple(trace_id String, span_id String, note String)')] AS evidence,
    any(ToolCategory) AS category,
    any(ToolDirection) AS direction
FROM otel_traces
WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
    AND Kind = 'tool' AND (AgentId, ToolName) IN (SELECT AgentId, Name FROM fresh)
GROUP BY AgentId, ToolName
