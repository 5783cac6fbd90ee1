"""Bringing a lost container back: from a backup, or empty as its clinical record says."""
