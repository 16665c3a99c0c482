-- Jobs: what follows from a change and need not happen within it. A row is written in the transaction of the change, so
-- there is no change without its jobs and no job without its change. Bodies hold ids, words and moments.

CREATE TABLE job (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    dedupe_key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'given-up')),
    attempts BIGINT NOT NULL,
    queued_at BIGINT NOT NULL,
    run_after BIGINT NOT NULL,
    leased_until BIGINT,
    last_error TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX job_due ON job (state, run_after);
