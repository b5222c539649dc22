-- The control plane: which orgs there are, who may reach them, how far each rule has come.

CREATE TABLE IF NOT EXISTS orgs
(
    slug String,
    name String,
    created_at DateTime64(3) DEFAULT now64(3),
    retention_days UInt16 DEFAULT 90,
    deleted Bool DEFAULT false,
    updated_at DateTime64(6) DEFAULT now64(6)
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY slug;

CREATE TABLE IF NOT EXISTS tokens
(
    id String,
    org String,
    role LowCardinality(String),
    name String,
    hash String COMMENT 'SHA-256 of the secret, hex; the secret itself is shown once and kept nowhere',
    created_at DateTime64(3) DEFAULT now64(3),
    revoked Bool DEFAULT false,
    updated_at DateTime64(6) DEFAULT now64(6)
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY id;

CREATE TABLE IF NOT EXISTS watermarks
(
    org String,
    rule_id String,
    evaluated_to DateTime64(6) COMMENT 'Spans ingested before this have been seen by the rule'
)
-- Watermarks only move forward, so the largest is the newest whatever the clock did.
ENGINE = ReplacingMergeTree(evaluated_to)
ORDER BY (org, rule_id);

CREATE TABLE IF NOT EXISTS rule_runs
(
    org String,
    rule_id String,
    rule_version UInt32,
    window_from DateTime64(6),
    window_to DateTime64(6),
    started_at DateTime64(3),
    duration_ms Float64,
    rows_read UInt64,
    findings UInt32,
    truncated Bool DEFAULT false,
    filled_in Bool DEFAULT false,
    error String DEFAULT ''
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(started_at)
ORDER BY (org, rule_id, started_at)
TTL toDateTime(started_at) + INTERVAL 90 DAY;

CREATE TABLE IF NOT EXISTS audit_log
(
    at DateTime64(6) DEFAULT now64(6),
    org String,
    actor String,
    action LowCardinality(String),
    subject String,
    detail String
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (org, at);
