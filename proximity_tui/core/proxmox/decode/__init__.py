"""The reading of foreign JSON: one value, one row, and the gaps."""
