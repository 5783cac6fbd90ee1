"""The forms for a new container and for a clone."""
