"""The plans of actions, each from a fresh inspection and its rules. They write nothing."""
