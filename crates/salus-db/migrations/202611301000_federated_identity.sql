-- What an account is called by another provider (OpenID Connect), where its owner connected it.
CREATE TABLE federated_identity (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    identity_index TEXT NOT NULL,
    identity BYTEA NOT NULL,
    provider TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    key_version BIGINT NOT NULL
);
-- Whoever is named there is one account here; and an account has one name with each provider.
CREATE UNIQUE INDEX federated_identity_named ON federated_identity (identity_index);
CREATE UNIQUE INDEX federated_identity_account ON federated_identity (account_id, provider);
