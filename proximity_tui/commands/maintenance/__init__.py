"""Commands that care for one container: each asked for by name, none that destroys it."""
