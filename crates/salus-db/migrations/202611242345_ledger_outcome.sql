-- Outcomes that the ledger does not have yet. A change writes its own here in its transaction, tells the ledger after
-- the commit, and the row goes some time later. What a process that died left behind is told at the next start.

CREATE TABLE ledger_outcome (
    intent TEXT NOT NULL,
    part BIGINT NOT NULL,
    draft BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (intent, part)
);
