"""Commands about the jobs and their results: reconcile, janitor, daemon, alerts, audit, safe modes."""
