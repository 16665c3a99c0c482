-- Visits: FHIR Appointment. A state has its own facts and no other's. Nothing is deleted: what was moved or cancelled keeps its row.

CREATE TABLE appointment (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (patient_id),
    practitioner_id TEXT NOT NULL REFERENCES practitioner (id),
    location_id TEXT NOT NULL REFERENCES location (id),
    service_id TEXT NOT NULL REFERENCES healthcare_service (id),
    start_at BIGINT NOT NULL CHECK (start_at % 300000000 = 0),
    end_at BIGINT NOT NULL CHECK (end_at % 300000000 = 0),
    busy_from BIGINT NOT NULL CHECK (busy_from % 300000000 = 0),
    busy_until BIGINT NOT NULL CHECK (busy_until % 300000000 = 0),
    timezone TEXT NOT NULL,
    meeting TEXT NOT NULL CHECK (meeting IN ('in-person', 'phone')),
    state TEXT NOT NULL CHECK (state IN ('held', 'booked', 'arrived', 'fulfilled', 'cancelled', 'noshow')),
    held_until BIGINT,
    state_at BIGINT,
    cancel_reason TEXT,
    cancelled_by TEXT CHECK (cancelled_by IN ('patient', 'clinic')),
    replaces TEXT REFERENCES appointment (id),
    reason BYTEA,
    note BYTEA,
    booked_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    key_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK (busy_from <= start_at AND start_at < end_at AND end_at <= busy_until),
    CHECK ((state = 'held') = (held_until IS NOT NULL)),
    CHECK ((state IN ('arrived', 'fulfilled', 'cancelled', 'noshow')) = (state_at IS NOT NULL)),
    CHECK ((state = 'cancelled') = (cancel_reason IS NOT NULL)),
    CHECK ((state = 'cancelled') = (cancelled_by IS NOT NULL))
);
CREATE INDEX appointment_patient ON appointment (patient_id, start_at);
CREATE INDEX appointment_practitioner ON appointment (practitioner_id, start_at);
CREATE INDEX appointment_start ON appointment (start_at);
-- A visit is moved once.
CREATE UNIQUE INDEX appointment_replaces ON appointment (replaces) WHERE replaces IS NOT NULL AND state <> 'held';

-- The lock under which somebody is booked: every change to a practitioner's steps begins by counting it up.
CREATE TABLE actor_lock (
    actor_id TEXT NOT NULL PRIMARY KEY REFERENCES practitioner (id),
    version BIGINT NOT NULL
);

-- One row for each five minutes in which a practitioner is taken, at whatever place: two visits at once can't be written.
CREATE TABLE occupancy (
    actor_id TEXT NOT NULL REFERENCES practitioner (id),
    step BIGINT NOT NULL,
    holder TEXT NOT NULL REFERENCES appointment (id),
    expires_at BIGINT,
    PRIMARY KEY (actor_id, step)
);
CREATE INDEX occupancy_holder ON occupancy (holder);
