"""The table of facts about the whole database: `simulated`. Frozen."""

TABLES = """
CREATE TABLE database_mark (
    name TEXT PRIMARY KEY,
    marked_at TEXT NOT NULL
);
"""
