"""The column for the last time at which a guest was seen to be the recorded one. Frozen."""

TABLES = """
ALTER TABLE container ADD COLUMN identity_seen_at TEXT;
"""
