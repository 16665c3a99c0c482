-- When the address with which somebody signs in was last changed; for some days it opens nothing that a thief would want.
ALTER TABLE account ADD COLUMN email_changed_at BIGINT;

-- An address that somebody wants to sign in with, until the link that was mailed there is opened.
CREATE TABLE email_change (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL UNIQUE REFERENCES account (id),
    key TEXT NOT NULL,
    email BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    key_version BIGINT NOT NULL
);
CREATE INDEX email_change_ends ON email_change (ends_at);

-- What an account signed in with before a change, so that whoever had the address then can take the change back.
CREATE TABLE account_undo (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    key TEXT NOT NULL UNIQUE,
    about TEXT NOT NULL CHECK (about IN ('address', 'password', 'app', 'passkey', 'codes', 'undone')),
    email BYTEA NOT NULL,
    before BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    key_version BIGINT NOT NULL
);
CREATE INDEX account_undo_account ON account_undo (account_id, created_at);
CREATE INDEX account_undo_ends ON account_undo (ends_at);
