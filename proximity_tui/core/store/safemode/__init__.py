"""Freezes and armings."""
