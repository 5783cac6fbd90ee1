"""Since when only what a destroy left of a guest is seen. Frozen."""

TABLES = """
ALTER TABLE container ADD COLUMN half_destroyed_since TEXT;
"""
