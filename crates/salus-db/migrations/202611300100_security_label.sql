-- What of a record is kept from those who act for the patient: a mark beside an entry, and not in it. FHIR: Meta.security.
CREATE TABLE security_label (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    -- An entry of the record, whichever table holds it.
    target TEXT NOT NULL,
    -- The entry for whose sake it is kept private: itself, or one that it names.
    root TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('rule', 'patient', 'team')),
    -- It takes this reach to see it.
    reach BIGINT NOT NULL CHECK (reach IN (1, 2)),
    made_by TEXT REFERENCES account (id),
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT REFERENCES account (id),
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK ((side = 'rule') = (made_by IS NULL)),
    CHECK ((side = 'rule') = (reach = 1)),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
-- What is kept, and for whose sake, once.
CREATE UNIQUE INDEX security_label_once ON security_label (patient_id, target, root, side) WHERE ended_at IS NULL;
CREATE INDEX security_label_patient ON security_label (patient_id, target);
