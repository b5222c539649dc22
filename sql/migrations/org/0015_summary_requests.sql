-- Runs that somebody asked a process for which is not the org's engine: the engine takes them up, and tells here how far it is.
CREATE TABLE IF NOT EXISTS summary_requests
(
    id String,
    asked_at DateTime64(6, 'UTC'),
    wish String COMMENT 'JSON: since, ids, force, model',
    state LowCardinality(String) COMMENT 'open, done or failed',
    progress String COMMENT 'JSON; empty until it has begun',
    step UInt32
)
ENGINE = ReplacingMergeTree(step)
ORDER BY id
TTL toDateTime(asked_at) + INTERVAL 7 DAY;
