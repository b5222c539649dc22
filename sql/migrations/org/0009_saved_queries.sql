-- Queries that analysts kept. The newest row of an id holds; a deleted one says so.
CREATE TABLE IF NOT EXISTS saved_queries
(
    id String,
    title String,
    description String,
    query String,
    params String COMMENT 'JSON: [{name, description, value}]',
    shared Bool COMMENT 'Shown to everybody of the org who may run SQL',
    author_id String COMMENT 'Who may change it, besides admins',
    author String,
    created_at DateTime64(6, 'UTC'),
    updated_at DateTime64(6, 'UTC'),
    deleted Bool DEFAULT false
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY id;
