"""What the last look at a whole config found changed since which clinical record. Frozen."""

TABLES = """
CREATE TABLE drift (
    container_id BIGINT PRIMARY KEY REFERENCES container (id),
    revision BIGINT NOT NULL,
    compared_at TEXT NOT NULL,
    changed TEXT NOT NULL
);
"""
