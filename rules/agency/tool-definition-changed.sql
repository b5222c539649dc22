/*
name: A tool changed under its name
description: >
  The definition of a tool that an agent offers to its model (description or parameters) changed, though its name
  stayed, the agent's version did not change and no deployment was recorded. A server that first offers a harmless
  tool and later another one under its name does this.
severity: high
risk_score: 55
status: test
version: 1
entity: agent
trigger: notEmpty(OfferedTools.Hash)
params:
  steady_hours: 24
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM01, LLM03]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI04, ASI02]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Persistence, technique: [AML.T0109, AML.T0110]}
runbook: |
  1. Whose tool is it: the agent's own code or an MCP server's? Look at the tool's name and `agent_facts`.
  2. Get both definitions (the server's repository, its package versions) and compare: instructions in the
     description, new parameters that take data along.
  3. Until it is explained, disconnect the server; then look at the calls of the tool since `starts_at`.
  4. Record releases of the agent (POST /api/v1/deployments), so that the rule knows them.
false_positives:
  - Descriptions that carry changing parts (a list of available agents, a date). A tool with more than two definitions
    is left out for that reason.
  - A release of the agent without a version or a recorded deployment.
required_fields: [OfferedTools.Name, OfferedTools.Hash, AgentId]
tags: [supply-chain, mcp, integrity]
*/
WITH
    definitions AS
    (
        SELECT AgentId, Name, Value, min(FirstSeen) AS first_seen, min(FirstIngested) AS first_ingested
        FROM agent_facts
        WHERE Fact = 'tool_definition'
        GROUP BY AgentId, Name, Value
    ),
    changes AS
    (
        SELECT AgentId, Name, max(first_seen) AS changed_at, argMax(Value, first_seen) AS current, argMin(Value, first_seen) AS previous,
            min(first_seen) AS known_since
        FROM definitions
        GROUP BY AgentId, Name
        HAVING count() = 2 AND changed_at >= known_since + toIntervalHour({steady_hours: UInt32})
            AND argMax(first_ingested, first_seen) >= {from: DateTime64(6)} AND argMax(first_ingested, first_seen) < {to: DateTime64(6)}
    ),
    unannounced AS
    (
        SELECT changes.*
        FROM changes
        LEFT JOIN
        (
            SELECT AgentId, groupArray(since) AS releases
            FROM
            (
                SELECT agent_id AS AgentId, deployed_at AS since FROM deployments FINAL
                UNION ALL
                SELECT AgentId, min(FirstSeen) AS since FROM agent_facts WHERE Fact = 'version' GROUP BY AgentId, Name
            )
            GROUP BY AgentId
        ) AS released ON released.AgentId = changes.AgentId
        WHERE NOT arrayExists(at -> at > changed_at - INTERVAL 1 HOUR AND at > known_since AND at <= changed_at + INTERVAL 15 MINUTE, released.releases)
    )
SELECT
    unannounced.AgentId AS entity,
    argMin(spans.SessionId, (spans.Timestamp, spans.SpanId)) AS session_id,
    unannounced.AgentId AS dedup_key,
    concat('Agent `', unannounced.AgentId, '` is offered `', any(unannounced.Name), '` with another definition, and no release explains it') AS title,
    toString(min(unannounced.changed_at)) AS starts_at,
    starts_at AS ends_at,
    [CAST((argMin(spans.TraceId, (spans.Timestamp, spans.SpanId)), argMin(spans.SpanId, (spans.Timestamp, spans.SpanId)), 'first call with the new definition'), 'Tuple(trace_id String, span_id String, note String)')] AS evidence,
    arraySort(groupUniqArray(20)(unannounced.Name)) AS tools,
    any(unannounced.previous) AS previous_hash,
    any(unannounced.current) AS current_hash
FROM unannounced
INNER JOIN
(
    SELECT AgentId, TraceId, SpanId, SessionId, Timestamp, digest
    FROM otel_traces
    ARRAY JOIN OfferedTools.Hash AS digest
    WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND notEmpty(OfferedTools.Hash) AND digest IN (SELECT current FROM unannounced)
) AS spans ON spans.AgentId = unannounced.AgentId AND spans.digest = unannounced.current
GROUP BY unannounced.AgentId
