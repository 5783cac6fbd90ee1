"""The answers about the fleet that are put together from what the core knows: why, lint, undo and export."""
