-- What rules ask of content that is only whole before redaction, and what each agent was ever seen with.

ALTER TABLE otel_traces
    ADD COLUMN IF NOT EXISTS ContentSignals Array(LowCardinality(String))
        COMMENT 'Found in the whole text before redaction: instructions, hidden_text, remote_image, encoded_command',
    ADD COLUMN IF NOT EXISTS `OfferedTools.Name` Array(LowCardinality(String)) COMMENT 'Tools offered to the model' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS `OfferedTools.Hash` Array(LowCardinality(String))
        COMMENT 'First 16 hex of the SHA-256 of each definition' CODEC(ZSTD(1));

-- When each agent was first and last seen with each version, tool, tool definition, MCP server and model. Minima and maxima
-- only, so a retried export or a replayed archive changes nothing. A fact that was not seen for half a year is news again.
CREATE TABLE IF NOT EXISTS agent_facts
(
    Fact LowCardinality(String) COMMENT 'agent, version, tool, tool_definition, mcp_server or model',
    AgentId String,
    Name String COMMENT 'The version, tool, server or model; empty for the agent itself',
    Value String COMMENT 'Hash of a tool definition, provider of a model',
    FirstSeen SimpleAggregateFunction(min, DateTime64(9)),
    LastSeen SimpleAggregateFunction(max, DateTime64(9)),
    FirstIngested SimpleAggregateFunction(min, DateTime64(6)),
    LastIngested SimpleAggregateFunction(max, DateTime64(6))
)
ENGINE = AggregatingMergeTree
ORDER BY (Fact, AgentId, Name, Value)
TTL toDateTime(LastIngested) + INTERVAL 180 DAY;

CREATE MATERIALIZED VIEW IF NOT EXISTS agent_facts_mv TO agent_facts AS
SELECT
    fact.1 AS Fact,
    AgentId,
    fact.2 AS Name,
    fact.3 AS Value,
    min(Timestamp) AS FirstSeen,
    max(Timestamp) AS LastSeen,
    min(IngestedAt) AS FirstIngested,
    max(IngestedAt) AS LastIngested
FROM otel_traces
ARRAY JOIN arrayConcat(
    [('agent', '', '')],
    if(AgentVersion = '', [], [('version', toString(AgentVersion), '')]),
    if(Kind = 'tool' AND ToolName != '', [('tool', toString(ToolName), '')], []),
    if(McpServer = '', [], [('mcp_server', toString(McpServer), '')]),
    if(Kind = 'llm' AND Model != '', [('model', toString(Model), toString(Provider))], []),
    arrayMap((name, digest) -> ('tool_definition', toString(name), toString(digest)), `OfferedTools.Name`, `OfferedTools.Hash`)
) AS fact
WHERE AgentId != ''
GROUP BY Fact, AgentId, Name, Value;

-- What was stored before this table came; twice is as good as once.
INSERT INTO agent_facts
SELECT
    fact.1,
    AgentId,
    fact.2,
    fact.3,
    min(Timestamp),
    max(Timestamp),
    min(IngestedAt),
    max(IngestedAt)
FROM otel_traces
ARRAY JOIN arrayConcat(
    [('agent', '', '')],
    if(AgentVersion = '', [], [('version', toString(AgentVersion), '')]),
    if(Kind = 'tool' AND ToolName != '', [('tool', toString(ToolName), '')], []),
    if(McpServer = '', [], [('mcp_server', toString(McpServer), '')]),
    if(Kind = 'llm' AND Model != '', [('model', toString(Model), toString(Provider))], [])
) AS fact
WHERE AgentId != ''
GROUP BY fact, AgentId;
