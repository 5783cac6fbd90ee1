"""Programs to compare with: the same list, drawn by the usual packages, by a lean prototype, and without a toolkit."""
