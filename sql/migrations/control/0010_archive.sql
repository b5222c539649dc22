-- Where each org's archive goes and how far it is.
CREATE TABLE IF NOT EXISTS archive_targets
(
    org String,
    settings String COMMENT 'JSON, without anything secret',
    secrets String COMMENT 'JSON; each value sealed under the master key',
    updated_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY org;

-- A target that is changed begins anew, with everything that is still stored.
CREATE TABLE IF NOT EXISTS archive_progress
(
    org String,
    target String COMMENT 'Hash of the place',
    archived_to DateTime('UTC') COMMENT 'Every hour before is archived or had nothing',
    archived_rows UInt64,
    archived_bytes UInt64,
    error String COMMENT 'Why the last round failed, free of content; empty when it went well',
    updated_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY (org, target);
