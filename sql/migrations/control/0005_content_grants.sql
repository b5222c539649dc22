-- Who broke the glass: read what was said in somebody else's session, for which reason, until when. Never changed.
CREATE TABLE IF NOT EXISTS content_grants
(
    id String,
    org String,
    holder String COMMENT 'Id of the user or token',
    holder_name String,
    scope LowCardinality(String) COMMENT 'session, trace or sql',
    subject String COMMENT 'Session or trace id; empty for sql, which is the whole org',
    reason String,
    author_ids Array(String) COMMENT 'User ids of the spans, as they are stored',
    author_prints Array(String) COMMENT 'The fingerprint of each; empty where the id is no token',
    granted_at DateTime64(3),
    expires_at DateTime64(3)
)
ENGINE = MergeTree
ORDER BY (org, granted_at, id);
