-- One more change that can be taken back. SQLite changes no constraint: the table is made anew, with what is in it.
CREATE TABLE account_undo_new (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    key TEXT NOT NULL UNIQUE,
    about TEXT NOT NULL CHECK (about IN ('address', 'password', 'app', 'passkey', 'codes', 'provider', 'undone')),
    email BYTEA NOT NULL,
    before BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    key_version BIGINT NOT NULL
);
INSERT INTO account_undo_new (id, account_id, key, about, email, before, created_at, ends_at, key_version)
SELECT id, account_id, key, about, email, before, created_at, ends_at, key_version FROM account_undo;
DROP TABLE account_undo;
ALTER TABLE account_undo_new RENAME TO account_undo;
CREATE INDEX account_undo_account ON account_undo (account_id, created_at);
CREATE INDEX account_undo_ends ON account_undo (ends_at);
