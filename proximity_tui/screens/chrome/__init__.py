"""The frame of every screen: the status line, the numbered tabs, the banner, and the line of keys."""
