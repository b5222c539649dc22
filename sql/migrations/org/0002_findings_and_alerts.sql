CREATE TABLE IF NOT EXISTS findings
(
    id String,
    rule_id LowCardinality(String),
    rule_version UInt32,
    entity_kind LowCardinality(String),
    entity_value String,
    session_id String,
    dedup_key String,
    title String,
    severity LowCardinality(String),
    risk_score UInt8,
    starts_at DateTime64(9),
    ends_at DateTime64(9),
    evidence Array(Tuple(trace_id String, span_id String, note String)),
    values Map(String, String),
    match String,
    filled_in Bool,
    found_at DateTime64(6)
)
ENGINE = ReplacingMergeTree(found_at)
ORDER BY (rule_id, id, match)
TTL toDateTime(found_at) + INTERVAL 90 DAY;

-- The log of every alert; its current state is the view `alerts`.
CREATE TABLE IF NOT EXISTS alert_events
(
    event_id String,
    alert_id String,
    group_key String,
    type LowCardinality(String),
    at DateTime64(6),
    actor String,
    finding_id String,
    match String,
    rule_id LowCardinality(String),
    rule_version UInt32,
    rule_status LowCardinality(String),
    title String,
    severity LowCardinality(String),
    risk_score UInt8,
    entity_kind LowCardinality(String),
    entity_value String,
    session_id String,
    starts_at DateTime64(9),
    ends_at DateTime64(9),
    evidence Array(Tuple(trace_id String, span_id String, note String)),
    values Map(String, String),
    threat String COMMENT 'JSON',
    runbook String,
    filled_in Bool,
    detail String
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (alert_id, event_id);

CREATE TABLE IF NOT EXISTS destinations
(
    id String,
    kind LowCardinality(String),
    name String,
    settings String COMMENT 'JSON; secrets sealed under the master key',
    created_at DateTime64(6),
    deleted Bool DEFAULT false,
    updated_at DateTime64(6) DEFAULT now64(6)
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY id;

-- The outbox: what has to reach whom, every attempt kept.
CREATE TABLE IF NOT EXISTS deliveries
(
    delivery_id String COMMENT 'Hash of event and destination: the same delivery is never planned twice',
    event_id String,
    alert_id String,
    destination_id String,
    planned_at DateTime64(6),
    state LowCardinality(String) COMMENT 'pending, delivered or dead',
    attempts UInt16,
    next_attempt_at DateTime64(3),
    updated_at DateTime64(6)
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY delivery_id
TTL toDateTime(planned_at) + INTERVAL 90 DAY;

CREATE TABLE IF NOT EXISTS delivery_attempts
(
    delivery_id String,
    attempt UInt16,
    at DateTime64(3),
    duration_ms Float64,
    status UInt16 COMMENT 'HTTP status; 0 when none came',
    error String
)
ENGINE = MergeTree
ORDER BY (delivery_id, attempt)
TTL toDateTime(at) + INTERVAL 90 DAY;
