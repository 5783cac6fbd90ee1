"""The base of every screen, and what it may save."""
