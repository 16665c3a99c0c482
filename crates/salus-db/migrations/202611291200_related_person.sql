-- Who acts for a patient, or will once they have shown the code that was made for them: what they were given, and until when.
CREATE TABLE related_person (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    account_id TEXT REFERENCES account (id),
    key TEXT NOT NULL,
    proof BYTEA NOT NULL,
    basis TEXT NOT NULL CHECK (basis IN ('adult', 'parent', 'teen', 'guardian', 'attorney')),
    scopes TEXT NOT NULL CHECK (scopes <> ''),
    evidence TEXT CHECK (evidence IN ('seen', 'paper')),
    name BYTEA NOT NULL,
    account_name BYTEA,
    patient_name BYTEA,
    account_key_version BIGINT,
    state TEXT NOT NULL CHECK (state IN ('offered', 'active', 'ended')),
    wrong_dates BIGINT NOT NULL CHECK (wrong_dates BETWEEN 0 AND 5),
    made_by TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    offer_ends_at BIGINT NOT NULL,
    starts_at BIGINT,
    ends_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT REFERENCES account (id),
    updated_at BIGINT NOT NULL,
    key_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK (created_at <= offer_ends_at AND created_at <= ends_at),
    -- Nobody acts for anybody without an account, and an account has both names.
    CHECK (state <> 'active' OR account_id IS NOT NULL),
    CHECK ((account_id IS NULL) = (starts_at IS NULL)),
    CHECK ((account_id IS NULL) = (account_name IS NULL)),
    CHECK ((account_id IS NULL) = (patient_name IS NULL)),
    CHECK ((account_id IS NULL) = (account_key_version IS NULL)),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX related_person_key ON related_person (key);
CREATE INDEX related_person_patient ON related_person (patient_id, created_at);
-- One at a time: what ends is all that somebody had.
CREATE UNIQUE INDEX related_person_account ON related_person (account_id, patient_id) WHERE state = 'active';
