-- People who sign in. An account belongs to one org: the same person in two orgs has two accounts, so no org's administrator
-- holds a key to another's.
CREATE TABLE IF NOT EXISTS users
(
    id String,
    org String,
    email String COMMENT 'Lower case; unique within the org',
    name String,
    role LowCardinality(String),
    disabled Bool DEFAULT false,
    user_ids Array(String) COMMENT 'What their spans carry as user id, beside the e-mail address',
    password_hash String COMMENT 'Argon2id with its parameters; empty when there is no password',
    external_id String COMMENT 'Issuer and subject at the identity provider; empty for local accounts',
    stamp UInt64 COMMENT 'Sessions that began under another one are over: changes with password, role and disabling',
    created_at DateTime64(3) DEFAULT now64(3),
    updated_at DateTime64(6) DEFAULT now64(6)
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY id;

ALTER TABLE tokens ADD COLUMN IF NOT EXISTS expires_at DateTime64(3) DEFAULT 0 COMMENT '0 never';

CREATE TABLE IF NOT EXISTS token_uses
(
    id String,
    last_used_at DateTime64(3)
)
ENGINE = ReplacingMergeTree(last_used_at)
ORDER BY id;
