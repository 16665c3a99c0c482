-- When practitioners can be booked. Free times are computed from these rows and stored nowhere. What is taken away keeps its row.

-- One row per practitioner who has any: its version keeps two from writing at once.
CREATE TABLE availability (
    id TEXT NOT NULL PRIMARY KEY REFERENCES practitioner (id),
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);

CREATE TABLE schedule (
    id TEXT NOT NULL PRIMARY KEY,
    practitioner_id TEXT NOT NULL REFERENCES practitioner (id),
    location_id TEXT NOT NULL REFERENCES location (id),
    services TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT,
    removed_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK (valid_until IS NULL OR valid_from <= valid_until)
);
CREATE INDEX schedule_practitioner ON schedule (practitioner_id);

CREATE TABLE availability_window (
    id TEXT NOT NULL PRIMARY KEY,
    schedule_id TEXT NOT NULL REFERENCES schedule (id),
    practitioner_id TEXT NOT NULL REFERENCES practitioner (id),
    location_id TEXT NOT NULL REFERENCES location (id),
    weekday BIGINT NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    start_minute BIGINT NOT NULL CHECK (start_minute >= 0 AND start_minute % 5 = 0),
    end_minute BIGINT NOT NULL CHECK (end_minute <= 1440 AND end_minute % 5 = 0),
    valid_from TEXT NOT NULL,
    valid_until TEXT,
    removed_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK (start_minute < end_minute)
);
CREATE INDEX availability_window_practitioner ON availability_window (practitioner_id);
CREATE INDEX availability_window_schedule ON availability_window (schedule_id);

CREATE TABLE availability_exception (
    id TEXT NOT NULL PRIMARY KEY,
    practitioner_id TEXT NOT NULL REFERENCES practitioner (id),
    kind TEXT NOT NULL CHECK (kind IN ('off', 'extra')),
    location_id TEXT REFERENCES location (id),
    on_date TEXT NOT NULL,
    start_minute BIGINT,
    end_minute BIGINT,
    note TEXT NOT NULL,
    removed_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    CHECK ((kind = 'off' AND location_id IS NULL AND start_minute IS NULL AND end_minute IS NULL)
        OR (kind = 'extra' AND location_id IS NOT NULL AND start_minute IS NOT NULL AND end_minute IS NOT NULL
            AND 0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440))
);
CREATE INDEX availability_exception_practitioner ON availability_exception (practitioner_id, on_date);
