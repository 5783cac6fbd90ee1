"""Backups: where they are listed, and what is in one."""
