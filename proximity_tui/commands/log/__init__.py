"""The log of a process: where it goes, and the file it is rotated in."""
