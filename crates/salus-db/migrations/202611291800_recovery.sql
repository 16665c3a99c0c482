-- Somebody has lost what they sign in with and asked the clinic to be let back in. Somebody who works here finds out whether it is they; for
-- an account of the staff two people do. What the holder then needs is mailed (a link, by its key) and said to them (a code, in the proof).
CREATE TABLE recovery (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    key TEXT NOT NULL UNIQUE,
    for_staff BOOLEAN NOT NULL,
    patient_id TEXT REFERENCES patient (patient_id),
    name BYTEA,
    wanted TEXT NOT NULL CHECK (wanted IN ('call', 'desk', 'colleague')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'vouched', 'approved', 'refused', 'withdrawn', 'done')),
    asked_at BIGINT NOT NULL,
    vouched_by TEXT REFERENCES account (id),
    vouched_at BIGINT,
    evidence TEXT,
    reason TEXT CHECK (reason IN ('not-reached', 'not-proven', 'not-asked')),
    decided_by TEXT REFERENCES account (id),
    decided_at BIGINT,
    proof BYTEA,
    wrong_codes BIGINT NOT NULL CHECK (wrong_codes BETWEEN 0 AND 5),
    ends_at BIGINT,
    key_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK ((name IS NULL) = for_staff),
    CHECK ((vouched_by IS NULL) = (vouched_at IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    -- Nobody lets themselves in, and two people are two.
    CHECK (vouched_by IS NULL OR (for_staff AND vouched_by <> account_id)),
    CHECK (decided_by IS NULL OR decided_by <> account_id),
    CHECK (vouched_by IS NULL OR decided_by IS NULL OR vouched_by <> decided_by),
    CHECK (state NOT IN ('approved', 'done') OR (decided_by IS NOT NULL AND evidence IS NOT NULL AND proof IS NOT NULL AND ends_at IS NOT NULL)),
    CHECK (NOT for_staff OR state NOT IN ('vouched', 'approved', 'done') OR vouched_by IS NOT NULL),
    CHECK (state <> 'vouched' OR for_staff),
    CHECK ((state = 'refused') = (reason IS NOT NULL))
);
CREATE UNIQUE INDEX recovery_open ON recovery (account_id) WHERE state IN ('waiting', 'vouched', 'approved');
CREATE INDEX recovery_asked ON recovery (asked_at);
