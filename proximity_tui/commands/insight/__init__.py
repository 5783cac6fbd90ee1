"""Commands that say what is known of the fleet: why, lint, undo, export."""
