"""When a guest was last seen to be the one that was recorded. Frozen."""

TABLES = """
ALTER TABLE container ADD COLUMN identity_seen_at TEXT;
"""
