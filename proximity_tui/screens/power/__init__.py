"""The power dialog."""
