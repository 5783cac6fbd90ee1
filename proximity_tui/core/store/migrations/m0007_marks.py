"""What a database is, besides a database: `simulated`. Frozen."""

TABLES = """
CREATE TABLE database_mark (
    name TEXT PRIMARY KEY,
    marked_at TEXT NOT NULL
);
"""
