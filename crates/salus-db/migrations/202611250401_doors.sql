-- Registrations: what somebody typed who wants an account, until the front desk knows who that is. The account's id and key
-- are made with it; its row comes when the address is verified. Sealed columns are emptied when nobody needs them any more.

CREATE TABLE registration (
    account_id TEXT NOT NULL PRIMARY KEY,
    address_index TEXT NOT NULL,
    name BYTEA,
    birth_date BYTEA,
    email BYTEA,
    phone BYTEA,
    state TEXT NOT NULL CHECK (state IN ('mailed', 'waiting', 'linked', 'refused', 'unlinked', 'void')),
    reason TEXT,
    evidence TEXT,
    patient_id TEXT REFERENCES patient (patient_id),
    created_at BIGINT NOT NULL,
    verified_at BIGINT,
    decided_at BIGINT,
    decided_by TEXT,
    key_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK (state IN ('mailed', 'void') OR verified_at IS NOT NULL),
    CHECK ((state = 'linked') = (patient_id IS NOT NULL))
);
CREATE INDEX registration_address ON registration (address_index) WHERE state = 'mailed';
CREATE INDEX registration_state ON registration (state, verified_at);

-- One account at a time opens a chart as its own, however many desks and slips are at it in the same moment.
CREATE UNIQUE INDEX access_grant_own ON access_grant (patient_id) WHERE basis = 'self' AND ends_at IS NULL;

-- Invites: to work here, to read one's own chart, or back in to an account that is there already. What the holder shows is not stored, only keyed hashes of it: `key`
-- finds the row, `proof` also holds what the row is for and, for a chart, the date of birth.

CREATE TABLE invite (
    id TEXT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    proof BYTEA NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('staff', 'patient', 'return', 'register', 'reset')),
    patient_id TEXT REFERENCES patient (patient_id),
    role TEXT CHECK (role IN ('practitioner', 'nurse', 'front-desk', 'biller', 'administrator', 'privacy-officer')),
    practitioner_id TEXT,
    for_account TEXT REFERENCES account (id),
    registration_id TEXT REFERENCES registration (account_id),
    name TEXT,
    evidence TEXT,
    state TEXT NOT NULL CHECK (state IN ('open', 'redeemed', 'withdrawn', 'dead')),
    wrong_dates BIGINT NOT NULL CHECK (wrong_dates BETWEEN 0 AND 5),
    made_by TEXT,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    decided_at BIGINT,
    account_id TEXT,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK ((kind = 'staff' AND role IS NOT NULL AND name IS NOT NULL AND patient_id IS NULL AND for_account IS NULL)
        OR (kind = 'patient' AND patient_id IS NOT NULL AND evidence IS NOT NULL AND role IS NULL AND name IS NULL AND for_account IS NULL)
        OR (kind = 'return' AND for_account IS NOT NULL AND evidence IS NOT NULL AND role IS NULL AND name IS NULL)
        OR (kind = 'register' AND registration_id IS NOT NULL AND for_account IS NULL AND patient_id IS NULL AND evidence IS NULL AND role IS NULL AND name IS NULL)
        OR (kind = 'reset' AND for_account IS NOT NULL AND patient_id IS NULL AND evidence IS NULL AND role IS NULL AND name IS NULL)),
    CHECK (kind = 'register' OR registration_id IS NULL),
    CHECK (registration_id IS NULL OR account_id IS NULL OR account_id = registration_id),
    CHECK ((state = 'redeemed') = (account_id IS NOT NULL)),
    CHECK (for_account IS NULL OR account_id IS NULL OR account_id = for_account)
);
-- A new invite to a chart voids the one before.
CREATE UNIQUE INDEX invite_open_chart ON invite (patient_id) WHERE state = 'open';
CREATE UNIQUE INDEX invite_open_return ON invite (for_account, kind) WHERE state = 'open';
CREATE INDEX invite_patient ON invite (patient_id);
