"""The jobs: the schedule of reconciler and janitor, their leases, and the record of each run."""
