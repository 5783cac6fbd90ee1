"""The execution of plans: the planner, the executor, and the steps of each action."""
