"""The adoption dialog."""
