"""The parts of the rules for changes: single settings, their values, wishes in words, what was stored, and moves."""
