"""When a container is gone, and what is stuck: the ladder, the breaker, orphans, the janitor."""
