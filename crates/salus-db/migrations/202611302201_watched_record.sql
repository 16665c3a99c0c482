-- Records that people who work here may be curious about: a colleague's own, or somebody's whom everybody knows (THR-02).
CREATE TABLE watched_record (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    account_id TEXT REFERENCES account (id),
    made_by TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT REFERENCES account (id),
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX watched_record_patient ON watched_record (patient_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX watched_record_account ON watched_record (account_id) WHERE ended_at IS NULL AND account_id IS NOT NULL;
