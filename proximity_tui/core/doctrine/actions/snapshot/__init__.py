"""Snapshots: taken, deleted, and rolled back to."""
