"""One alert: its list, its page, and the answers to it."""
