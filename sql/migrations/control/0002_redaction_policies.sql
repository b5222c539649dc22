-- What each org decided about its redaction. One row a change; the highest version is in force.

CREATE TABLE IF NOT EXISTS redaction_policies
(
    org String,
    version UInt32,
    policy String COMMENT 'JSON; never holds a value, only fingerprints',
    key_version UInt32 DEFAULT 1 COMMENT 'Which of the keys derived for the org makes its tokens',
    former_key_until DateTime64(3) DEFAULT 0 COMMENT 'Until then values are also known by the key before'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY org;
