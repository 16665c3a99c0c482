-- Who answers. What is closed, and who has left, keeps its row.

CREATE TABLE pool (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    purpose TEXT NOT NULL,
    closed_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);

CREATE TABLE pool_member (
    id TEXT NOT NULL PRIMARY KEY,
    pool_id TEXT NOT NULL REFERENCES pool (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    joined_at BIGINT NOT NULL,
    left_at BIGINT,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE UNIQUE INDEX pool_member_once ON pool_member (pool_id, account_id) WHERE left_at IS NULL;
