"""An operation under way, and what to do with an interrupted one."""
