"""Where a container can be created, restored or moved to, and what of."""
