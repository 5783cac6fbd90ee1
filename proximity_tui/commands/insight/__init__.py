"""Commands that say what is known of the fleet, and what happened: alerts, audit trail, why, lint, undo, export."""
