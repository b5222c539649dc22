-- Spans. The first block has the names and types of the OpenTelemetry Collector's ClickHouse exporter, so what is written for
-- that table works here; the second block is what detections need. ReplacingMergeTree: a retried export counts once.

CREATE TABLE IF NOT EXISTS otel_traces
(
    Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    TraceId String CODEC(ZSTD(1)),
    SpanId String CODEC(ZSTD(1)),
    ParentSpanId String CODEC(ZSTD(1)),
    TraceState String CODEC(ZSTD(1)),
    SpanName LowCardinality(String) CODEC(ZSTD(1)),
    SpanKind LowCardinality(String) CODEC(ZSTD(1)),
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ScopeName String CODEC(ZSTD(1)),
    ScopeVersion String CODEC(ZSTD(1)),
    SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    Duration UInt64 COMMENT 'Nanoseconds' CODEC(T64, ZSTD(1)),
    StatusCode LowCardinality(String) CODEC(ZSTD(1)),
    StatusMessage String CODEC(ZSTD(1)),
    Events Nested
    (
        Timestamp DateTime64(9),
        Name LowCardinality(String),
        Attributes Map(LowCardinality(String), String)
    ) CODEC(ZSTD(1)),
    Links Nested
    (
        TraceId String,
        SpanId String,
        TraceState String,
        Attributes Map(LowCardinality(String), String)
    ) CODEC(ZSTD(1)),

    SessionId String COMMENT 'Session or conversation; the trace id when the sender names none' CODEC(ZSTD(1)),
    UserId String CODEC(ZSTD(1)),
    AgentId LowCardinality(String),
    AgentName LowCardinality(String),
    AgentVersion LowCardinality(String),
    AgentFramework LowCardinality(String),
    CallerAgentId LowCardinality(String),
    Kind LowCardinality(String) COMMENT 'llm, embedding, agent, chain, tool, retriever, memory, guardrail, evaluator or empty',
    Dialects Array(LowCardinality(String)),
    Provider LowCardinality(String),
    Model LowCardinality(String) COMMENT 'Model asked for; the answering one when only that is known',
    ResponseModel LowCardinality(String),
    ToolName LowCardinality(String),
    ToolCategory LowCardinality(String),
    ToolDirection LowCardinality(String),
    ToolType LowCardinality(String),
    ToolCallId String CODEC(ZSTD(1)),
    McpServer LowCardinality(String),
    Decision LowCardinality(String),
    DecisionTool LowCardinality(String),
    Step UInt32,
    StepCount UInt32,
    PromptHash LowCardinality(String) COMMENT 'First 16 hex of the SHA-256 of the system prompt as it is',
    PromptHashStable LowCardinality(String) COMMENT 'The same with volatile parts (dates, ids, counters) stripped',
    Ingress Bool,
    TriggerType LowCardinality(String),
    InputSource LowCardinality(String) COMMENT 'external, memory, agent or user',
    MemoryOperation LowCardinality(String),
    MemoryStoreId LowCardinality(String),
    WriteProvenance LowCardinality(String) COMMENT 'Where the content of a memory write came from',
    GuardrailVerdict LowCardinality(String),
    PermissionMode LowCardinality(String),
    Environment LowCardinality(String),
    InputTokens UInt64 COMMENT 'Uncached; cache reads and writes are counted beside' CODEC(T64, ZSTD(1)),
    CacheReadTokens UInt64 CODEC(T64, ZSTD(1)),
    CacheWriteTokens UInt64 CODEC(T64, ZSTD(1)),
    OutputTokens UInt64 CODEC(T64, ZSTD(1)),
    ReasoningTokens UInt64 CODEC(T64, ZSTD(1)),
    CostUsd Float64,
    FinishReason LowCardinality(String),
    PromptPreview String CODEC(ZSTD(1)),
    PromptLength UInt32 COMMENT 'UTF-16 units before redaction and clipping',
    CompletionPreview String CODEC(ZSTD(1)),
    CompletionLength UInt32,
    ToolArgumentsPreview String CODEC(ZSTD(1)),
    ToolArgumentsLength UInt32,
    ToolResultPreview String CODEC(ZSTD(1)),
    ToolResultLength UInt32,
    TrustedRefs Array(UInt64) COMMENT 'Keyed hashes of salient tokens from the user and the system prompt' CODEC(ZSTD(1)),
    UntrustedRefs Array(UInt64) COMMENT 'The same from tool results, documents and memory' CODEC(ZSTD(1)),
    ArgRefs Array(UInt64) COMMENT 'The same from tool arguments, memory writes and answers' CODEC(ZSTD(1)),
    Redactions Nested
    (
        Class LowCardinality(String),
        Kind LowCardinality(String),
        Path String,
        Start UInt32,
        Fingerprint String
    ) CODEC(ZSTD(1)),
    SpanSequence UInt64 CODEC(Delta(8), ZSTD(1)),
    IngestedAt DateTime64(6) COMMENT 'When the span was accepted; rule windows run on it' CODEC(Delta(8), ZSTD(1)),

    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_session_id SessionId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_ingested_at IngestedAt TYPE minmax GRANULARITY 1,
    INDEX idx_timestamp Timestamp TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(IngestedAt)
PARTITION BY toDate(IngestedAt)
ORDER BY (toStartOfHour(Timestamp), TraceId, SpanId)
TTL toDateTime(IngestedAt) + INTERVAL 90 DAY
-- Merges column by column whatever their size: with a hundred columns side by side they would take several times the memory.
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
    vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, merge_selector_base = 20;

-- When each agent version was first and last seen with each system prompt. Minima and maxima only, so a retried export or a
-- replayed archive changes nothing.
CREATE TABLE IF NOT EXISTS agent_prompts
(
    AgentId String,
    AgentVersion String,
    PromptHash String,
    PromptHashStable String,
    FirstSeen SimpleAggregateFunction(min, DateTime64(9)),
    LastSeen SimpleAggregateFunction(max, DateTime64(9)),
    FirstIngested SimpleAggregateFunction(min, DateTime64(6)),
    LastIngested SimpleAggregateFunction(max, DateTime64(6))
)
ENGINE = AggregatingMergeTree
ORDER BY (AgentId, AgentVersion, PromptHash, PromptHashStable);

CREATE MATERIALIZED VIEW IF NOT EXISTS agent_prompts_mv TO agent_prompts AS
SELECT
    AgentId,
    AgentVersion,
    PromptHash,
    PromptHashStable,
    min(Timestamp) AS FirstSeen,
    max(Timestamp) AS LastSeen,
    min(IngestedAt) AS FirstIngested,
    max(IngestedAt) AS LastIngested
FROM otel_traces
WHERE PromptHash != ''
GROUP BY AgentId, AgentVersion, PromptHash, PromptHashStable;

-- Deployments that people or pipelines recorded: a prompt that changes with one is no drift.
CREATE TABLE IF NOT EXISTS deployments
(
    id String,
    agent_id String,
    version String,
    deployed_at DateTime64(3),
    recorded_by String,
    note String
)
ENGINE = ReplacingMergeTree
ORDER BY id;
