"""Commands about the jobs and what they leave: reconcile, janitor, daemon, alerts, audit, safe modes."""
