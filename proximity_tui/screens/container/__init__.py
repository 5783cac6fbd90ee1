"""The page of one container, a part a file, and what opens from it."""
