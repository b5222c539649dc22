-- What an org changes of its rules: each change is a row that stays.

CREATE TABLE IF NOT EXISTS org_rules
(
    rule_id String,
    revision UInt32 COMMENT 'From 1; the highest of a rule is in force',
    action LowCardinality(String) COMMENT 'edit, enable, disable or restore',
    format LowCardinality(String) COMMENT 'sql or yaml; empty when the org has no text of its own for this rule',
    text String COMMENT 'The file of the rule as the org wrote it',
    tests String COMMENT 'The file of its tests',
    enabled Nullable(Bool) COMMENT 'NULL: as the text says',
    note String,
    edited_at DateTime64(6, 'UTC'),
    edited_by String
)
ENGINE = MergeTree
ORDER BY (rule_id, revision);
