-- Who opened a record in an emergency, without treating the patient: for an hour at most, and somebody else signs it off.
CREATE TABLE emergency_access (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    account_id TEXT NOT NULL REFERENCES account (id),
    reason BYTEA NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    reviewed_at BIGINT,
    reviewed_by TEXT REFERENCES account (id),
    verdict TEXT CHECK (verdict IN ('justified', 'not-justified')),
    updated_at BIGINT NOT NULL,
    key_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK (starts_at <= ends_at AND ends_at <= starts_at + 3600000000),
    CHECK ((reviewed_at IS NULL) = (verdict IS NULL)),
    CHECK ((reviewed_by IS NULL) = (verdict IS NULL)),
    CHECK (reviewed_by IS NULL OR reviewed_by <> account_id)
);
CREATE INDEX emergency_access_patient ON emergency_access (patient_id, account_id);
CREATE INDEX emergency_access_open ON emergency_access (starts_at) WHERE reviewed_at IS NULL;
