-- Sessions that the product sends itself, to see that a rule still fires, end to end.
CREATE TABLE IF NOT EXISTS canary_runs
(
    org String,
    session_id String,
    rule_id String COMMENT 'The rule that has to fire',
    sent_at DateTime64(3),
    state LowCardinality(String) COMMENT 'fired, silent or unsent',
    seconds Float64 COMMENT 'From sending to the finding; 0 unless it fired',
    error String
)
ENGINE = MergeTree
ORDER BY (org, sent_at)
TTL toDateTime(sent_at) + INTERVAL 90 DAY;
