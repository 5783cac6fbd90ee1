"""Since when the fingerprint of a guest should be read again. Frozen."""

TABLES = """
ALTER TABLE container ADD COLUMN identity_due_since TEXT;
"""
