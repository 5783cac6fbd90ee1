"""The tables of the figures of containers: of the last minutes, by hour, and by day. Frozen.

BYTEA is the binary type of PostgreSQL; SQLite keeps bytes as they are in a column of any type.
"""

TABLES = """
CREATE TABLE figures_minute (
    cluster TEXT NOT NULL,
    minute BIGINT NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (cluster, minute)
);
CREATE TABLE figures_hour (
    container_id BIGINT NOT NULL REFERENCES container (id),
    hour BIGINT NOT NULL,
    maxmem BIGINT,
    maxdisk BIGINT,
    data BYTEA NOT NULL,
    PRIMARY KEY (container_id, hour)
);
CREATE TABLE figures_day (
    container_id BIGINT NOT NULL REFERENCES container (id),
    day BIGINT NOT NULL,
    maxmem BIGINT,
    maxdisk BIGINT,
    data BYTEA NOT NULL,
    PRIMARY KEY (container_id, day)
);
"""
