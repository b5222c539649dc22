-- What is to be erased, and what was. Never what it was: the subject is sealed while it is needed and then gone.
CREATE TABLE IF NOT EXISTS erasures
(
    id String,
    org String,
    kind LowCardinality(String) COMMENT 'org, user, session or trace',
    subject String COMMENT 'Sealed under the master key; empty when it is done',
    requested_at DateTime64(6, 'UTC'),
    requested_by String,
    state LowCardinality(String) COMMENT 'waiting, running or done',
    finished_at DateTime64(6, 'UTC'),
    spans UInt64 COMMENT 'Erased from the database',
    other_rows UInt64 COMMENT 'Findings, summaries, entries of alerts and the like',
    archived_rows UInt64 COMMENT 'Erased from the archive',
    error String COMMENT 'Of the last try; free of content',
    revision UInt32
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (org, id)
SETTINGS old_parts_lifetime = 0;

-- Keyed hashes of what was erased: what comes later under the same ids is recognised without knowing them.
CREATE TABLE IF NOT EXISTS erasure_marks
(
    org String,
    kind LowCardinality(String) COMMENT 'user, session, trace or span',
    mark String COMMENT 'SHA-256 under a key of the org, hex',
    erasure_id String,
    started_before DateTime64(6, 'UTC') COMMENT 'Only spans that started before are meant',
    marked_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(marked_at)
ORDER BY (org, kind, mark)
TTL toDateTime(marked_at) + INTERVAL 400 DAY;

CREATE TABLE IF NOT EXISTS erasure_sweeps
(
    org String,
    swept_to UInt64 COMMENT 'Microseconds since 1970: spans accepted before were looked at'
)
ENGINE = ReplacingMergeTree(swept_to)
ORDER BY org;
