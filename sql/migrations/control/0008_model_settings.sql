-- A provider of language models of an org's own. One row a change; the highest version is in force.
CREATE TABLE IF NOT EXISTS model_settings
(
    org String,
    version UInt32,
    deleted Bool,
    provider LowCardinality(String),
    model String,
    resource String COMMENT 'Azure: name of the resource',
    region LowCardinality(String) COMMENT 'Bedrock: AWS region',
    sealed_key String COMMENT 'Encrypted under the key of the org; never shown',
    changed_at DateTime64(3, 'UTC'),
    changed_by String
)
ENGINE = ReplacingMergeTree(version)
ORDER BY org;
