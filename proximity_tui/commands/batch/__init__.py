"""One command for several containers: a few at a time, with progress, and each with an end of its own."""
