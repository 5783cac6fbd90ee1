"""Carrying plans out: the planner, the executor, and the steps of each action."""
