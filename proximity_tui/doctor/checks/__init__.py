"""One check a file: the requirement, and the advice."""
