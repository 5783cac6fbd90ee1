"""The layer between Textual and the terminal: keys, pastes, other programs, and text that a terminal would obey."""
