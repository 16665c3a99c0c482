-- Kinds of visits: FHIR HealthcareService. One that nobody can choose any more keeps its row.

CREATE TABLE healthcare_service (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    minutes BIGINT NOT NULL CHECK (minutes BETWEEN 5 AND 480 AND minutes % 5 = 0),
    minutes_before BIGINT NOT NULL CHECK (minutes_before BETWEEN 0 AND 120 AND minutes_before % 5 = 0),
    minutes_after BIGINT NOT NULL CHECK (minutes_after BETWEEN 0 AND 120 AND minutes_after % 5 = 0),
    soonest_hours BIGINT NOT NULL CHECK (soonest_hours >= 0),
    furthest_days BIGINT NOT NULL CHECK (furthest_days >= 1),
    meeting TEXT NOT NULL CHECK (meeting IN ('in-person', 'phone')),
    shown TEXT NOT NULL CHECK (shown IN ('patients', 'staff')),
    retired_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
