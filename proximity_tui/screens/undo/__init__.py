"""Undo: what was done last, the plan that takes it back, and the yes to it."""
