-- What an org lets models do besides summaries. One row that counts.
CREATE TABLE IF NOT EXISTS model_passes
(
    name LowCardinality(String) DEFAULT 'org',
    triage Bool,
    personal_data LowCardinality(String) COMMENT 'off, tag or required',
    updated_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY name;
