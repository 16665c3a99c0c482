-- What a clinic may not want, where somebody has decided; what nobody decided is as the program says.

CREATE TABLE feature (
    name TEXT NOT NULL PRIMARY KEY,
    is_on BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL
);
