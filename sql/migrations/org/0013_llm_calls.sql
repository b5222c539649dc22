-- Every request to a provider of language models. Written before it is sent with the most that it can cost, and again, settled, with
-- what it did cost; a row that never settled counts in full. No content.
CREATE TABLE IF NOT EXISTS llm_calls
(
    id String,
    settled UInt8,
    at DateTime64(3, 'UTC') COMMENT 'The day and month that it counts to',
    purpose LowCardinality(String) COMMENT 'summary, triage, personal_data or evaluation',
    subject String COMMENT 'Session or alert',
    provider LowCardinality(String),
    model LowCardinality(String),
    prompt_hash LowCardinality(String),
    outcome LowCardinality(String),
    input_tokens UInt64,
    output_tokens UInt64,
    counted Bool COMMENT 'Whether the provider named the tokens; else they are the most that it can have been',
    nano_usd UInt64 COMMENT 'Billionths of a dollar',
    latency_ms UInt32,
    INDEX idx_subject subject TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(settled)
PARTITION BY toYYYYMM(at)
ORDER BY (toDate(at), id)
TTL toDateTime(at) + INTERVAL 90 DAY;
