-- The first tables. Types are the same on both engines: ids and words TEXT, moments BIGINT (microseconds, UTC), sealed,
-- wrapped and hashed values BYTEA, blind indexes TEXT.

CREATE TABLE clinic (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    brand TEXT NOT NULL,
    timezone TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE clinic_key (
    version BIGINT NOT NULL PRIMARY KEY,
    wrapped BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);

-- A destroyed key leaves its row behind: the page then says when, instead of failing.
CREATE TABLE subject_key (
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('patient', 'account', 'clinic')),
    subject_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    destroyed_at BIGINT,
    PRIMARY KEY (subject_kind, subject_id, version)
);

CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    email BYTEA NOT NULL,
    email_index TEXT NOT NULL UNIQUE,
    name BYTEA NOT NULL,
    password_hash TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('invited', 'active', 'disabled')),
    reading_font TEXT NOT NULL CHECK (reading_font IN ('standard', 'atkinson')),
    colour_scheme TEXT NOT NULL CHECK (colour_scheme IN ('device', 'light', 'dark')),
    password_changed_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    key_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);

CREATE TABLE staff_member (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('practitioner', 'front-desk', 'administrator', 'privacy-officer')),
    practitioner_id TEXT,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);

CREATE TABLE authenticator (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL CHECK (kind IN ('totp')),
    secret BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL,
    key_version BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX authenticator_account ON authenticator (account_id);

CREATE TABLE recovery_code (
    account_id TEXT NOT NULL REFERENCES account (id),
    number BIGINT NOT NULL,
    code_hash BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account_id, number)
);

CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES account (id),
    stage TEXT NOT NULL CHECK (stage IN ('password', 'full', 'enrolling')),
    created_at BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT,
    address TEXT NOT NULL,
    user_agent BYTEA,
    key_version BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account_id, created_at DESC);

CREATE TABLE throttle (
    key TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    failures BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);

CREATE TABLE parked_form (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    route TEXT NOT NULL,
    body BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    key_version BIGINT NOT NULL
);
CREATE INDEX parked_form_account ON parked_form (account_id);

-- Who writes to which chain of the ledger: see salus-db/src/ledger/lease.rs.
CREATE TABLE ledger_lease (
    chain_id TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    leased_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- People and places of the clinic: public.
CREATE TABLE organization (
    id TEXT NOT NULL PRIMARY KEY,
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    name TEXT NOT NULL,
    timezone TEXT,
    resource TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE location (
    id TEXT NOT NULL PRIMARY KEY,
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    name TEXT NOT NULL,
    timezone TEXT NOT NULL,
    resource TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE practitioner (
    id TEXT NOT NULL PRIMARY KEY,
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    name TEXT NOT NULL,
    npi TEXT UNIQUE,
    timezone TEXT,
    resource TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE practitioner_role (
    id TEXT NOT NULL PRIMARY KEY,
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    name TEXT NOT NULL,
    timezone TEXT,
    resource TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE patient (
    patient_id TEXT NOT NULL PRIMARY KEY,
    source_index TEXT NOT NULL UNIQUE,
    mrn_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    name BYTEA NOT NULL,
    birth_date BYTEA NOT NULL,
    mrn BYTEA NOT NULL,
    resource BYTEA NOT NULL,
    deceased BOOLEAN NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);

CREATE TABLE access_grant (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    basis TEXT NOT NULL CHECK (basis IN ('self')),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT,
    created_at BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX access_grant_account ON access_grant (account_id);
CREATE INDEX access_grant_patient ON access_grant (patient_id);

-- Who treats whom, and since when. An import never writes here: FHIR's CareTeam (table care_team) grants nothing.
CREATE TABLE care_team_member (
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    practitioner_id TEXT NOT NULL REFERENCES practitioner (id),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT,
    basis TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (patient_id, practitioner_id, starts_at)
);
CREATE INDEX care_team_member_practitioner ON care_team_member (practitioner_id);

-- Clinical rows: the same columns for every type. What is bare here is bare for a reason written in the registry; the
-- FHIR resource itself is sealed.
CREATE TABLE encounter (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX encounter_patient ON encounter (patient_id, event_at DESC, id);

CREATE TABLE condition (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX condition_patient ON condition (patient_id, event_at DESC, id);
CREATE INDEX condition_encounter ON condition (patient_id, encounter_id);

CREATE TABLE allergy_intolerance (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX allergy_intolerance_patient ON allergy_intolerance (patient_id, event_at DESC, id);
CREATE INDEX allergy_intolerance_encounter ON allergy_intolerance (patient_id, encounter_id);

CREATE TABLE medication_request (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX medication_request_patient ON medication_request (patient_id, event_at DESC, id);
CREATE INDEX medication_request_encounter ON medication_request (patient_id, encounter_id);

CREATE TABLE medication_administration (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX medication_administration_patient ON medication_administration (patient_id, event_at DESC, id);
CREATE INDEX medication_administration_encounter ON medication_administration (patient_id, encounter_id);

CREATE TABLE immunization (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX immunization_patient ON immunization (patient_id, event_at DESC, id);
CREATE INDEX immunization_encounter ON immunization (patient_id, encounter_id);

CREATE TABLE observation (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX observation_patient ON observation (patient_id, event_at DESC, id);
CREATE INDEX observation_encounter ON observation (patient_id, encounter_id);

CREATE TABLE diagnostic_report (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX diagnostic_report_patient ON diagnostic_report (patient_id, event_at DESC, id);
CREATE INDEX diagnostic_report_encounter ON diagnostic_report (patient_id, encounter_id);

CREATE TABLE document_reference (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX document_reference_patient ON document_reference (patient_id, event_at DESC, id);
CREATE INDEX document_reference_encounter ON document_reference (patient_id, encounter_id);

CREATE TABLE procedure (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX procedure_patient ON procedure (patient_id, event_at DESC, id);
CREATE INDEX procedure_encounter ON procedure (patient_id, encounter_id);

CREATE TABLE care_team (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX care_team_patient ON care_team (patient_id, event_at DESC, id);
CREATE INDEX care_team_encounter ON care_team (patient_id, encounter_id);

CREATE TABLE care_plan (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX care_plan_patient ON care_plan (patient_id, event_at DESC, id);
CREATE INDEX care_plan_encounter ON care_plan (patient_id, encounter_id);

CREATE TABLE goal (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX goal_patient ON goal (patient_id, event_at DESC, id);
CREATE INDEX goal_encounter ON goal (patient_id, encounter_id);

CREATE TABLE device (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX device_patient ON device (patient_id, event_at DESC, id);
CREATE INDEX device_encounter ON device (patient_id, encounter_id);

CREATE TABLE imaging_study (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX imaging_study_patient ON imaging_study (patient_id, event_at DESC, id);
CREATE INDEX imaging_study_encounter ON imaging_study (patient_id, encounter_id);

CREATE TABLE coverage (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX coverage_patient ON coverage (patient_id, event_at DESC, id);
CREATE INDEX coverage_encounter ON coverage (patient_id, encounter_id);

CREATE TABLE provenance (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    source_index TEXT NOT NULL UNIQUE,
    content_digest BYTEA NOT NULL,
    event_at BIGINT,
    state TEXT NOT NULL,
    encounter_id TEXT,
    resource BYTEA NOT NULL,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX provenance_patient ON provenance (patient_id, event_at DESC, id);
CREATE INDEX provenance_encounter ON provenance (patient_id, encounter_id);
