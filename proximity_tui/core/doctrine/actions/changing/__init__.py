"""The change of settings and disks: what is requested, the plan, what was stored; and the move to another node."""
