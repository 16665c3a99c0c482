-- Messages between a patient and the care team. A conversation has a key of its own; what people write is sealed under it.

CREATE TABLE communication_thread (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    topic TEXT NOT NULL CHECK (topic IN ('health', 'medicines', 'results', 'visits', 'papers', 'other')),
    subject BYTEA NOT NULL,
    claimed_by TEXT REFERENCES account (id),
    claimed_at BIGINT,
    closed_by TEXT REFERENCES account (id),
    closed_at BIGINT,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK ((claimed_by IS NULL) = (claimed_at IS NULL)),
    CHECK ((closed_by IS NULL) = (closed_at IS NULL))
);
-- So that a message, a receipt or a key can't belong to another patient than its conversation.
CREATE UNIQUE INDEX communication_thread_of ON communication_thread (id, patient_id);
CREATE INDEX communication_thread_patient ON communication_thread (patient_id);

-- The conversation's key, once for each who may open it. Today that is the patient's key alone.
CREATE TABLE thread_key (
    thread_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    holder_kind TEXT NOT NULL CHECK (holder_kind IN ('patient')),
    holder_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (thread_id, holder_kind, holder_id, version),
    FOREIGN KEY (thread_id, patient_id) REFERENCES communication_thread (id, patient_id),
    CHECK (holder_kind <> 'patient' OR holder_id = patient_id)
);

-- Messages are never changed.
CREATE TABLE communication (
    id TEXT NOT NULL PRIMARY KEY,
    thread_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('patient', 'team')),
    account_id TEXT NOT NULL REFERENCES account (id),
    submission TEXT NOT NULL,
    body BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    FOREIGN KEY (thread_id, patient_id) REFERENCES communication_thread (id, patient_id)
);
CREATE UNIQUE INDEX communication_of ON communication (id, patient_id);
CREATE UNIQUE INDEX communication_number ON communication (thread_id, number);
-- A form that is sent twice is one message.
CREATE UNIQUE INDEX communication_once ON communication (account_id, submission);
CREATE INDEX communication_patient ON communication (patient_id, side);

-- Who has read which message. What is unread is counted from here.
CREATE TABLE communication_receipt (
    communication_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('patient', 'team')),
    account_id TEXT NOT NULL REFERENCES account (id),
    read_at BIGINT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (communication_id, account_id),
    FOREIGN KEY (communication_id, patient_id) REFERENCES communication (id, patient_id)
);

-- What somebody has begun to write: one for each conversation, and one for a new one, whose thread_id is empty. It is
-- emptied when it is sent.
CREATE TABLE communication_draft (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    account_id TEXT NOT NULL REFERENCES account (id),
    thread_id TEXT NOT NULL,
    submission TEXT NOT NULL,
    topic TEXT,
    subject BYTEA,
    body BYTEA,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE UNIQUE INDEX communication_draft_one ON communication_draft (account_id, patient_id, thread_id);
