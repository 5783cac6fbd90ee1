"""The table of the last full comparison of each config with its clinical record. Frozen."""

TABLES = """
CREATE TABLE drift (
    container_id BIGINT PRIMARY KEY REFERENCES container (id),
    revision BIGINT NOT NULL,
    compared_at TEXT NOT NULL,
    changed TEXT NOT NULL
);
"""
