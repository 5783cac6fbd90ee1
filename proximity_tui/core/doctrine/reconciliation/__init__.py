"""The rules of the reconciler and the janitor: the ladder, the breaker, orphans and stuck containers."""
