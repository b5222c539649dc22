-- What an erasure under way is about, worked out before anything is erased. Gone when it is done.
CREATE TABLE IF NOT EXISTS erasure_scope
(
    erasure_id String,
    kind LowCardinality(String) COMMENT 'user, session, trace, span, finding, alert or delivery',
    value String
)
ENGINE = MergeTree
PARTITION BY erasure_id
ORDER BY (kind, value)
SETTINGS old_parts_lifetime = 0;
