/*
name: An MCP server was used for the first time
description: >
  A tool of an MCP server ran that no agent of this org had used before. A server brings its own tools, descriptions
  and answers into every agent that is connected to it.
severity: medium
risk_score: 36
status: test
version: 1
entity: tool
trigger: McpServer != ''
params:
  learning_days: 3
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM03]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI04]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Resource Development, technique: [AML.T0010.005, AML.T0104, AML.T0110]}
runbook: |
  1. Who connected it, and on which machine? Look for agent-settings-changed in the same hour.
  2. Where does the server run, who publishes it, which version? Read its tools' descriptions for instructions.
  3. Which data did the session give it (arguments), and what did its answers say?
  4. Enter it in the inventory, or block it and rotate what it was given.
false_positives:
  - Every newly introduced server, once.
required_fields: [McpServer]
tags: [inventory, supply-chain, mcp]
*/
WITH
    (SELECT min(FirstSeen) FROM agent_facts WHERE Fact = 'mcp_server') AS known_since,
    
    fresh AS
    (
        SELECT Name, min(FirstSeen) AS first_seen
        FROM agent_facts
        WHERE Fact = 'mcp_server'
        GROUP BY Name
        HAVING min(FirstIngested) >= {from: DateTime64(6)} AND min(FirstIngested) < {to: DateTime64(6)}
            AND first_seen >= known_since + toIntervalDay({learning_days: UInt32})
    )
SELECT
    McpServer AS entity,
    argMin(SessionId, (Timestamp, SpanId)) AS session_id,
    McpServer AS dedup_key,
    concat('The MCP server `', McpServer, '` was used for the first time') AS title,
    toString(min(Timestamp)) AS starts_at,
    starts_at AS ends_at,
    [CAST((argMin(TraceId, (Timestamp, SpanId)), argMin(SpanId, (Timestamp, SpanId)), concat('first call of ', argMin(ToolName, (Timestamp, SpanId)))), 'Tuple(trace_id String, span_id String, note String)')] AS evidence,
    arraySort(groupUniqArray(10)(AgentId)) AS agents,
    arraySort(groupUniqArray(10)(ToolName)) AS tools
FROM otel_traces
WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
    AND McpServer != '' AND McpServer IN (SELECT Name FROM fresh)
GROUP BY McpServer
