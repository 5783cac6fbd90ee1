"""Plans as the commands that a person would type on a node."""
