-- From which ages on a record is the child's own, each time that the clinic said so. Nothing here is ever changed: what is
-- said anew is another row, which begins on a day of its own.

CREATE TABLE age_rule (
    id TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    starts_on TEXT NOT NULL,
    teen BIGINT NOT NULL CHECK (teen BETWEEN 10 AND 16),
    adult BIGINT NOT NULL CHECK (adult BETWEEN 18 AND 21),
    law TEXT NOT NULL,
    counsel TEXT NOT NULL,
    decided_on TEXT NOT NULL CHECK (decided_on <= starts_on),
    decided_by TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
