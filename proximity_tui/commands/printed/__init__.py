"""What commands print: lines and tables for people, JSON for scripts, one line that changes while they work."""
