-- Somebody asks to act for a patient and says why they may. Whoever works at the front desk finds out; a yes lies here as a code
-- that is sealed for the account that asked, so that nobody acts for anybody before they began it themselves.
CREATE TABLE caregiver_request (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    own_patient TEXT REFERENCES patient (patient_id),
    account_name BYTEA NOT NULL,
    phone BYTEA NOT NULL,
    name BYTEA NOT NULL,
    birth_date BYTEA NOT NULL,
    note BYTEA NOT NULL,
    basis TEXT NOT NULL CHECK (basis IN ('parent', 'guardian', 'attorney')),
    scopes TEXT NOT NULL CHECK (scopes <> ''),
    state TEXT NOT NULL CHECK (state IN ('open', 'granted', 'refused', 'withdrawn', 'begun')),
    reason TEXT CHECK (reason IN ('not-found', 'papers', 'not-proven', 'teen', 'own-choice', 'call')),
    evidence TEXT CHECK (evidence IN ('seen', 'paper', 'photos')),
    code BYTEA,
    patient_id TEXT REFERENCES patient (patient_id),
    decided_by TEXT REFERENCES account (id),
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    key_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    -- Nobody answers themselves.
    CHECK (decided_by IS NULL OR decided_by <> account_id),
    CHECK (state NOT IN ('granted', 'refused', 'begun') OR decided_by IS NOT NULL),
    CHECK ((state = 'refused') = (reason IS NOT NULL)),
    CHECK ((state = 'granted') = (code IS NOT NULL)),
    CHECK (state NOT IN ('granted', 'begun') OR (patient_id IS NOT NULL AND evidence IS NOT NULL))
);
CREATE INDEX caregiver_request_account ON caregiver_request (account_id, created_at);
CREATE INDEX caregiver_request_state ON caregiver_request (state, created_at);
CREATE TABLE caregiver_photo (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    request_id TEXT NOT NULL REFERENCES caregiver_request (id),
    photo BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    key_version BIGINT NOT NULL
);
CREATE INDEX caregiver_photo_request ON caregiver_photo (request_id, id);
