-- One model call or turn that several senders report: what tells that it is the same.
ALTER TABLE otel_traces
    ADD COLUMN IF NOT EXISTS ResponseId String COMMENT 'What the provider calls the answer; reports of one model call share it' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS TurnId String COMMENT 'The prompt that a turn of a coding tool began with' CODEC(ZSTD(1));

-- Log records. The first block has the names and types of the OpenTelemetry Collector's ClickHouse exporter; the second is what
-- dialects, enrichment and redaction make of them, under the names of otel_traces. A retried export counts once.
CREATE TABLE IF NOT EXISTS otel_logs
(
    Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    TimestampTime DateTime DEFAULT toDateTime(Timestamp),
    TraceId String CODEC(ZSTD(1)),
    SpanId String CODEC(ZSTD(1)),
    TraceFlags UInt8,
    SeverityText LowCardinality(String) CODEC(ZSTD(1)),
    SeverityNumber UInt8,
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    Body String CODEC(ZSTD(1)),
    ResourceSchemaUrl LowCardinality(String),
    ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ScopeSchemaUrl LowCardinality(String),
    ScopeName String CODEC(ZSTD(1)),
    ScopeVersion LowCardinality(String) CODEC(ZSTD(1)),
    ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    LogAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    EventName LowCardinality(String) COMMENT 'Whole name: claude_code.tool_result, gen_ai.choice; empty for a plain message',

    LogId String COMMENT 'Of the record; sent again it is the same' CODEC(ZSTD(1)),
    EventSpanId String COMMENT 'Span of otel_traces that the record became; empty when it is a record only' CODEC(ZSTD(1)),
    EventTraceId String COMMENT 'Trace of that span' CODEC(ZSTD(1)),
    SessionId String COMMENT 'Empty when neither a session nor a trace is named' CODEC(ZSTD(1)),
    TurnId String CODEC(ZSTD(1)),
    UserId String CODEC(ZSTD(1)),
    AgentId LowCardinality(String),
    AgentName LowCardinality(String),
    AgentVersion LowCardinality(String),
    AgentFramework LowCardinality(String),
    Kind LowCardinality(String),
    Provider LowCardinality(String),
    Model LowCardinality(String),
    ResponseId String CODEC(ZSTD(1)),
    ToolName LowCardinality(String),
    ToolCategory LowCardinality(String),
    ToolCallId String CODEC(ZSTD(1)),
    McpServer LowCardinality(String),
    GuardrailVerdict LowCardinality(String),
    PermissionMode LowCardinality(String),
    Environment LowCardinality(String),
    InputTokens UInt64 COMMENT 'As the event says; count tokens in otel_traces, where each call counts once' CODEC(T64, ZSTD(1)),
    CacheReadTokens UInt64 CODEC(T64, ZSTD(1)),
    CacheWriteTokens UInt64 CODEC(T64, ZSTD(1)),
    OutputTokens UInt64 CODEC(T64, ZSTD(1)),
    CostUsd Float64,
    BodyLength UInt32 COMMENT 'UTF-16 units before redaction and clipping',
    ContentSignals Array(LowCardinality(String)),
    Redactions Nested
    (
        Class LowCardinality(String),
        Kind LowCardinality(String),
        Rule LowCardinality(String),
        Path String,
        Start UInt32,
        Fingerprint String
    ) CODEC(ZSTD(1)),
    IngestedAt DateTime64(6) COMMENT 'When the record was accepted; rule windows run on it' CODEC(Delta(8), ZSTD(1)),

    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_session_id SessionId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_ingested_at IngestedAt TYPE minmax GRANULARITY 1,
    INDEX idx_timestamp Timestamp TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(IngestedAt)
PARTITION BY toDate(IngestedAt)
ORDER BY (toStartOfHour(Timestamp), ServiceName, EventName, LogId)
TTL toDateTime(IngestedAt) + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
    vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, merge_selector_base = 20;
