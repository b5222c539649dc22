-- What a language model made of each session; a later summary takes an earlier one's place. Redacted, as all it was made from.
CREATE TABLE IF NOT EXISTS session_summaries
(
    session_id String,
    made_at DateTime64(6, 'UTC') COMMENT 'Rules over summaries run on it',
    provider LowCardinality(String),
    model LowCardinality(String),
    prompt_hash LowCardinality(String),
    title String,
    work_class LowCardinality(String),
    summary String CODEC(ZSTD(1)),
    risks Array(LowCardinality(String)),
    input_tokens UInt64,
    output_tokens UInt64,
    cost_usd Float64
)
ENGINE = ReplacingMergeTree(made_at)
ORDER BY session_id
TTL toDateTime(made_at) + INTERVAL 90 DAY;
