-- What an org changes of its rules, each change a row that stays, and the queries its analysts keep.

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

CREATE TABLE IF NOT EXISTS saved_queries
(
    id String,
    name String,
    description String,
    query String,
    params Map(String, String) COMMENT 'What stands in the inputs of its parameters at first',
    shared Bool COMMENT 'Everybody in the org who may query sees it; else its author alone',
    author String,
    author_id String COMMENT 'Who may change it: the token or user behind the author',
    created_at DateTime64(6, 'UTC'),
    updated_at DateTime64(6, 'UTC'),
    deleted Bool DEFAULT false
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY id;
