-- Data points of metrics: what a coding tool counts of its use. Of a histogram or summary only its sum and count. A retried export
-- counts once.
CREATE TABLE IF NOT EXISTS otel_metrics
(
    TimeUnix DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    StartTimeUnix DateTime64(9) COMMENT '1970 when not said' CODEC(Delta(8), ZSTD(1)),
    MetricName LowCardinality(String),
    MetricType LowCardinality(String) COMMENT 'gauge, sum, histogram, exponential_histogram or summary',
    MetricUnit LowCardinality(String),
    AggregationTemporality LowCardinality(String) COMMENT 'delta, cumulative or unspecified',
    IsMonotonic Bool,
    Value Float64 COMMENT 'Of a histogram or summary the sum of what it observed',
    Count UInt64 COMMENT 'How many values a histogram or summary observed',
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ScopeName LowCardinality(String),
    ScopeVersion LowCardinality(String),
    Attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),

    SeriesId String COMMENT 'The metric with these attributes of this resource' CODEC(ZSTD(1)),
    SessionId String CODEC(ZSTD(1)),
    UserId String CODEC(ZSTD(1)),
    AgentId LowCardinality(String),
    AgentName LowCardinality(String),
    AgentVersion LowCardinality(String),
    AgentFramework LowCardinality(String),
    Provider LowCardinality(String),
    Model LowCardinality(String),
    ToolName LowCardinality(String),
    Environment LowCardinality(String),
    Redactions Nested
    (
        Class LowCardinality(String),
        Kind LowCardinality(String),
        Rule LowCardinality(String),
        Path String,
        Start UInt32,
        Fingerprint String
    ) CODEC(ZSTD(1)),
    IngestedAt DateTime64(6) COMMENT 'When the point was accepted' CODEC(Delta(8), ZSTD(1)),

    INDEX idx_ingested_at IngestedAt TYPE minmax GRANULARITY 1,
    INDEX idx_session_id SessionId TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(IngestedAt)
PARTITION BY toDate(IngestedAt)
ORDER BY (MetricName, toStartOfHour(TimeUnix), SeriesId, StartTimeUnix, TimeUnix)
TTL toDateTime(IngestedAt) + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000;
