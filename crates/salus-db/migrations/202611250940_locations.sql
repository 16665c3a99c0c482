-- What the clinic itself says of a place, beside what its source says in `location`: another import leaves it alone.

CREATE TABLE location_opening (
    id TEXT NOT NULL PRIMARY KEY REFERENCES location (id),
    hours TEXT NOT NULL,
    closed_at BIGINT,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);

-- A day that is taken off the list keeps its row.
CREATE TABLE location_closure (
    id TEXT NOT NULL PRIMARY KEY,
    location_id TEXT NOT NULL REFERENCES location (id),
    on_date TEXT NOT NULL,
    note TEXT NOT NULL,
    removed_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    UNIQUE (location_id, on_date)
);
