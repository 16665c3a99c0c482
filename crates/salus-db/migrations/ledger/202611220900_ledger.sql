-- The ledger: entries that are only ever added. What the columns beside `canonical` say is repeated from it for
-- searching, and `salus audit verify` compares them.

CREATE TABLE entry (
    chain_id TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq >= 0),
    -- NULL after a purge: the leaf stays, so the chain still verifies.
    canonical BYTEA,
    leaf BYTEA NOT NULL,
    head BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    account_id TEXT,
    patient_id TEXT,
    request_id TEXT NOT NULL,
    PRIMARY KEY (chain_id, seq)
);
CREATE INDEX entry_patient_recorded ON entry (patient_id, recorded_at DESC);
CREATE INDEX entry_account_recorded ON entry (account_id, recorded_at DESC);
CREATE INDEX entry_recorded ON entry (recorded_at DESC);
CREATE INDEX entry_request ON entry (request_id);

-- Whom a list named.
CREATE TABLE entry_patient (
    chain_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    patient_id TEXT NOT NULL,
    PRIMARY KEY (chain_id, seq, patient_id),
    FOREIGN KEY (chain_id, seq) REFERENCES entry (chain_id, seq)
);
CREATE INDEX entry_patient_patient ON entry_patient (patient_id);

-- Signed sizes and roots, with the tree's frontier, from which a restart goes on.
CREATE TABLE checkpoint (
    chain_id TEXT NOT NULL,
    size BIGINT NOT NULL,
    note TEXT NOT NULL,
    frontier BYTEA NOT NULL,
    PRIMARY KEY (chain_id, size)
);

-- Signed lists of all chains.
CREATE TABLE manifest (
    number BIGINT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL
);

-- What lets the owner empty old entries: nothing younger than six years (2192 days) before it was made.
CREATE TABLE purge_permit (
    cutoff BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (cutoff, made_at),
    CHECK (cutoff <= made_at - 189388800000000)
);
