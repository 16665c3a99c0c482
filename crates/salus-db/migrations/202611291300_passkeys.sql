-- Keys with which an account signs in, whose private half never leaves the phone, the computer or the stick (WebAuthn).
CREATE TABLE passkey (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    credential_index TEXT NOT NULL,
    credential BYTEA NOT NULL,
    name BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    key_version BIGINT NOT NULL,
    version BIGINT NOT NULL
);
-- A passkey is one account's.
CREATE UNIQUE INDEX passkey_credential ON passkey (credential_index);
CREATE INDEX passkey_account ON passkey (account_id);

-- What a browser was asked to sign: answered once, and within minutes.
CREATE TABLE passkey_challenge (
    key TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX passkey_challenge_ends ON passkey_challenge (ends_at);
