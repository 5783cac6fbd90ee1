"""Reading foreign JSON: one value, one row, what could not be read."""
