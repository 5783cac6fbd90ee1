"""One check a file: what has to be right, and what to do about it."""
