"""The column for the time since which the fingerprint of a guest is due to be read again. Frozen."""

TABLES = """
ALTER TABLE container ADD COLUMN identity_due_since TEXT;
"""
