"""The rules for backups: one that is asked for, one before a destroy, and the change of one that is there."""
