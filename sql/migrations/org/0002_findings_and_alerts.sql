-- What rules found, the log of every alert, and the outbox. In the first two the first writing of an entry stands: `precedence`
-- falls as time goes on, so an entry that a replay or a second engine writes again changes nothing. Times are UTC whatever the
-- machine's zone.

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
    starts_at DateTime64(9, 'UTC'),
    ends_at DateTime64(9, 'UTC'),
    evidence Array(Tuple(trace_id String, span_id String, note String)),
    values Map(String, String),
    match String COMMENT 'Hash of the evidence',
    filled_in Bool,
    found_at DateTime64(6, 'UTC'),
    precedence UInt64 MATERIALIZED bitNot(toUInt64(toUnixTimestamp64Micro(found_at)))
)
ENGINE = ReplacingMergeTree(precedence)
ORDER BY (rule_id, id, match)
TTL toDateTime(found_at) + INTERVAL 90 DAY;

-- The log of every alert; its current state is the view `alerts`. The key holds the match beside the event: two engines that
-- open the same alert at once on different evidence write one opening, and neither's evidence is lost. Everything that reads
-- the log must come to the same answer when a row is there twice, for rows are merged later or, across months, never.
CREATE TABLE IF NOT EXISTS alert_events
(
    event_id String,
    alert_id String,
    group_key String COMMENT 'Hash of rule, entity and dedup key',
    episode UInt32 COMMENT '1 for the first alert of the group; matching after a close opens the next',
    type LowCardinality(String),
    at DateTime64(6, 'UTC'),
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
    starts_at DateTime64(9, 'UTC'),
    ends_at DateTime64(9, 'UTC'),
    evidence Array(Tuple(trace_id String, span_id String, note String)) COMMENT 'At most 100',
    evidence_total UInt32 COMMENT 'How many there were',
    values Map(String, String),
    threat String COMMENT 'JSON',
    runbook String,
    filled_in Bool,
    detail String COMMENT 'closed: the reason; assigned: to whom; commented: the text',
    precedence UInt64 MATERIALIZED bitNot(toUInt64(toUnixTimestamp64Micro(at))),
    rank UInt64 MATERIALIZED if(type = 'opened', 0, toUnixTimestamp64Micro(at) * 1024 + cityHash64(event_id) % 1024)
        COMMENT 'Order within an alert: the opening first, whatever a second engine''s clock says, then by time; never equal',

    INDEX idx_alert_id alert_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(precedence)
PARTITION BY toYYYYMM(at)
ORDER BY (group_key, episode, event_id, match);

CREATE TABLE IF NOT EXISTS destinations
(
    id String,
    kind LowCardinality(String),
    name String,
    settings String COMMENT 'JSON, without anything secret',
    secrets String COMMENT 'JSON; each value sealed under the master key',
    created_at DateTime64(6, 'UTC') COMMENT 'Events from here on are its own',
    created_by String,
    deleted Bool DEFAULT false,
    updated_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY id;

-- The outbox: what has to reach whom. A plan is revision 0 and every change adds one, so planning again never undoes.
CREATE TABLE IF NOT EXISTS deliveries
(
    destination_id String,
    event_id String,
    delivery_id String COMMENT 'Hash of event and destination',
    alert_id String,
    event LowCardinality(String) COMMENT 'opened, updated, acknowledged or closed',
    event_at DateTime64(6, 'UTC'),
    planned_at DateTime64(6, 'UTC'),
    state LowCardinality(String) COMMENT 'pending, delivered, superseded or dead',
    attempts UInt16,
    next_attempt_at DateTime64(3, 'UTC'),
    updated_at DateTime64(6, 'UTC'),
    revision UInt32,

    INDEX idx_alert_id alert_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (destination_id, event_id)
TTL toDateTime(planned_at) + INTERVAL 90 DAY;

CREATE TABLE IF NOT EXISTS delivery_attempts
(
    delivery_id String,
    attempt UInt16,
    at DateTime64(3, 'UTC'),
    duration_ms Float64,
    status UInt16 COMMENT 'HTTP status; 0 when none came',
    error String COMMENT 'Empty when it was delivered'
)
ENGINE = MergeTree
ORDER BY (delivery_id, attempt)
TTL toDateTime(at) + INTERVAL 90 DAY;
