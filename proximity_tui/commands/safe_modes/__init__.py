"""Freezes, and what lifts the protection of production for a while."""
