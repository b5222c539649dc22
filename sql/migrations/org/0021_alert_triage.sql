-- What was made of each alert before a person looked at it; a later one takes an earlier one's place. Only lists and pages read it:
-- rules, routing and deliveries do not.
CREATE TABLE IF NOT EXISTS alert_triage
(
    alert_id String,
    made_at DateTime64(6, 'UTC'),
    alert_version String COMMENT 'Hash over the matches and the summary that it was made from',
    revision UInt32,
    verdict LowCardinality(String) COMMENT 'likely_malicious, suspicious or likely_benign',
    rank UInt8 COMMENT 'Place in the queue: 3 first. Never lower than what the facts alone say',
    reasoning String,
    questions Array(String),
    evidence Array(Tuple(trace_id String, span_id String)),
    confidence Float32,
    provider LowCardinality(String),
    model LowCardinality(String),
    prompt_hash LowCardinality(String),
    input_tokens UInt64,
    output_tokens UInt64,
    cost_usd Float64,
    latency_ms UInt32,
    calls UInt32,
    fallback LowCardinality(String) COMMENT 'Why no model made it though one is configured'
)
ENGINE = ReplacingMergeTree(made_at)
ORDER BY alert_id
TTL toDateTime(made_at) + INTERVAL 90 DAY;
