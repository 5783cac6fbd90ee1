"""The table of the configs that a container had: one row for each that differs from the one before. Frozen."""

TABLES = """
CREATE TABLE config_revision (
    container_id BIGINT NOT NULL REFERENCES container (id),
    revision BIGINT NOT NULL,
    taken_at TEXT NOT NULL,
    digest TEXT NOT NULL,
    config TEXT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('captured', 'operation', 'task', 'seen')),
    changed_by TEXT,
    note TEXT NOT NULL,
    PRIMARY KEY (container_id, revision)
);
"""
