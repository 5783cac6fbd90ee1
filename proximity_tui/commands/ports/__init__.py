"""The public ports on the command line."""
