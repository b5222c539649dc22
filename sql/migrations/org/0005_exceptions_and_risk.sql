-- What people decided to leave out, what was left out because of it, and how much risk adds up.

CREATE TABLE IF NOT EXISTS exceptions
(
    id String,
    rule_id String COMMENT 'Empty: every rule',
    matchers String COMMENT 'JSON: [{field, op, value}], all of which must hold',
    owner String,
    reason String,
    created_at DateTime64(6, 'UTC'),
    created_by String,
    expires_at DateTime64(6, 'UTC'),
    deleted Bool DEFAULT false,
    updated_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY id;

-- Findings that raised nothing: beside the reason they are what they would have been.
CREATE TABLE IF NOT EXISTS suppressed_findings
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
    cause LowCardinality(String) COMMENT 'exception, suppression or canary',
    exception_id String,
    precedence UInt64 MATERIALIZED bitNot(toUInt64(toUnixTimestamp64Micro(found_at)))
)
ENGINE = ReplacingMergeTree(precedence)
ORDER BY (rule_id, id, match)
TTL toDateTime(found_at) + INTERVAL 90 DAY;

-- What each finding adds to the risk of the session, agent and user it is about. A finding counts once, however often it matches.
CREATE TABLE IF NOT EXISTS risk_contributions
(
    entity_kind LowCardinality(String) COMMENT 'session, agent or user',
    entity_value String,
    finding_id String,
    rule_id LowCardinality(String),
    score UInt8,
    at DateTime64(6, 'UTC') COMMENT 'When it was first found',
    precedence UInt64 MATERIALIZED bitNot(toUInt64(toUnixTimestamp64Micro(at)))
)
ENGINE = ReplacingMergeTree(precedence)
ORDER BY (entity_kind, entity_value, finding_id)
TTL toDateTime(at) + INTERVAL 90 DAY;
