"""When reconciler and janitor run, under which lease, and what became of each run."""
