-- Nurses and billers work here too. SQLite can't change a CHECK, so the table is made anew.

CREATE TABLE staff_member_2 (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('practitioner', 'nurse', 'front-desk', 'biller', 'administrator', 'privacy-officer')),
    practitioner_id TEXT,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
INSERT INTO staff_member_2 (account_id, name, role, practitioner_id, active, created_at, version, entry)
SELECT account_id, name, role, practitioner_id, active, created_at, version, entry FROM staff_member;
DROP TABLE staff_member;
ALTER TABLE staff_member_2 RENAME TO staff_member;
