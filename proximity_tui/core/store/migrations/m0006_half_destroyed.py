"""The column for the time since which only remains of a guest are seen. Frozen."""

TABLES = """
ALTER TABLE container ADD COLUMN half_destroyed_since TEXT;
"""
