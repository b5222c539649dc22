-- What each org decided about the client on developers' machines. One row a change; the highest version is in force.

CREATE TABLE IF NOT EXISTS client_policies
(
    org String,
    version UInt32,
    policy String COMMENT 'JSON, see engine/core/client-policy.ts'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY org;
