-- How rules run: who runs them, in what state they are, what they missed.

-- Uneventful runs of a rule are kept as one row a minute.
ALTER TABLE rule_runs ADD COLUMN IF NOT EXISTS runs UInt32 DEFAULT 1 COMMENT 'Evaluations behind this row; duration_ms is their mean, rows_read their sum';

-- Claims to a resource, one winner a fence: the insert's deduplication token is made of resource and fence, so of two claims to the
-- same fence the second is never stored. The holder is who won the highest fence.
CREATE TABLE IF NOT EXISTS lease_claims
(
    resource String,
    fence UInt64,
    holder String,
    claimed_at DateTime64(3) DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY (resource, fence)
TTL toDateTime(claimed_at) + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 1000;

-- Signs of life of holders. Others see that the beat stands still by their own clocks; no two clocks are compared.
CREATE TABLE IF NOT EXISTS lease_beats
(
    resource String,
    fence UInt64,
    beat UInt64 COMMENT 'Grows with each sign of life; 18446744073709551615 when the lease was given back',
    at DateTime64(3) DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(beat)
ORDER BY (resource, fence)
TTL toDateTime(at) + INTERVAL 30 DAY;

CREATE TABLE IF NOT EXISTS rule_states
(
    org String,
    rule_id String,
    rule_version UInt32,
    state LowCardinality(String) COMMENT 'running, failing or parked',
    failures UInt32 COMMENT 'In a row',
    error String,
    since DateTime64(6)
)
ENGINE = ReplacingMergeTree(since)
ORDER BY (org, rule_id);

CREATE TABLE IF NOT EXISTS rule_gaps
(
    org String,
    rule_id String,
    gap_from DateTime64(6),
    gap_to DateTime64(6),
    state LowCardinality(String) COMMENT 'open, filled or skipped',
    at DateTime64(6)
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (org, rule_id, gap_from)
TTL toDateTime(at) + INTERVAL 90 DAY;

-- How far each receiver is: everything it accepted before is stored, and what it accepts from now on is later.
CREATE TABLE IF NOT EXISTS ingest_progress
(
    worker String,
    low_water UInt64 COMMENT 'Microseconds since 1970; 18446744073709551615 when it has stopped',
    beat UInt64,
    at DateTime64(3) DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(beat)
ORDER BY worker
TTL toDateTime(at) + INTERVAL 30 DAY;
