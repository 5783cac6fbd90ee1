"""The page of one container, a part a file, and the screens that it opens."""
