"""Commands that run the jobs: reconcile, janitor, daemon."""
