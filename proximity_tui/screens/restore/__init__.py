"""Bringing a lost container back: its backups, the plan for one of them, and the typed name."""
