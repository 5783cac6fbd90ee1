"""Commands that maintain one container: each asked for by name, none that destroys it."""
