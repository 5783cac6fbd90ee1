"""The checks by subject: the requirement, and the advice."""
