-- What each org decided about access.
CREATE TABLE IF NOT EXISTS access_settings
(
    org String,
    minimum_cohort UInt16 COMMENT 'People that a figure for managers is about, at least',
    updated_at DateTime64(6) DEFAULT now64(6)
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY org;

ALTER TABLE audit_log ADD COLUMN IF NOT EXISTS id String DEFAULT '';
ALTER TABLE audit_log ADD COLUMN IF NOT EXISTS address String DEFAULT '' COMMENT 'Network address that the request came from';
