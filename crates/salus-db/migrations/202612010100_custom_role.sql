-- Roles of the clinic's own: what a role of ours keeps, and what it borrows from others. Each row is what a role was to be at a time; one of
-- them counts. One person says what it is to be, another confirms it, and nobody who has it.
CREATE TABLE custom_role (
    id TEXT NOT NULL PRIMARY KEY,
    role_id TEXT NOT NULL,
    name TEXT NOT NULL,
    base TEXT NOT NULL CHECK (base IN ('practitioner', 'nurse', 'front-desk', 'biller', 'administrator')),
    keeps TEXT NOT NULL,
    borrows TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'current', 'replaced', 'refused', 'withdrawn', 'ended')),
    proposed_at BIGINT NOT NULL,
    proposed_by TEXT NOT NULL REFERENCES account (id),
    decided_at BIGINT,
    decided_by TEXT REFERENCES account (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK ((state = 'proposed') = (decided_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    -- Two people. Whoever said it may take it back alone.
    CHECK (decided_by IS NULL OR decided_by <> proposed_by OR state = 'withdrawn')
);
CREATE UNIQUE INDEX custom_role_current ON custom_role (role_id) WHERE state = 'current';
CREATE UNIQUE INDEX custom_role_proposed ON custom_role (role_id) WHERE state = 'proposed';

-- Which of them somebody has: the role beside it is the one that it stands on.
ALTER TABLE staff_member ADD COLUMN custom_role_id TEXT;
