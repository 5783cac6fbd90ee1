"""Drift: the revisions of a container's config, their differences, and accepting the present one."""
