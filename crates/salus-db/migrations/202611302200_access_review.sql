-- Weeks of looks at records, as the ledger has them: how far it was gone through, what stood out, and who signed the week off (HIP-11).
CREATE TABLE access_review (
    id TEXT NOT NULL PRIMARY KEY,
    first_day TEXT NOT NULL UNIQUE,
    ends_at BIGINT NOT NULL,
    read_until BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    looks BIGINT NOT NULL,
    unexplained BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    signed_at BIGINT,
    signed_by TEXT REFERENCES account (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK ((signed_at IS NULL) = (signed_by IS NULL)),
    -- A week is signed off when it is over, and gone through to its end.
    CHECK (signed_at IS NULL OR (read_until >= ends_at AND signed_at >= ends_at))
);

-- Looks that nothing explains: of one person at one record on a day, or, without a patient, at many records within an hour.
CREATE TABLE access_finding (
    id TEXT NOT NULL PRIMARY KEY,
    review_id TEXT NOT NULL REFERENCES access_review (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    patient_id TEXT REFERENCES patient (patient_id),
    signs BYTEA,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    looks BIGINT NOT NULL CHECK (looks > 0),
    judged_at BIGINT,
    judged_by TEXT REFERENCES account (id),
    verdict TEXT CHECK (verdict IN ('reason', 'mistake', 'not-right', 'follow-up')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    key_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    UNIQUE (account_id, patient_id, first_at),
    CHECK (first_at <= last_at),
    CHECK ((patient_id IS NULL) = (signs IS NULL)),
    CHECK ((judged_at IS NULL) = (verdict IS NULL)),
    CHECK ((judged_by IS NULL) = (verdict IS NULL)),
    CHECK (judged_by IS NULL OR judged_by <> account_id)
);
CREATE INDEX access_finding_review ON access_finding (review_id);
CREATE INDEX access_finding_open ON access_finding (review_id) WHERE judged_at IS NULL;
