"""Reconciliation and janitor: the runs, the evidence, the orphans that are closed, the alerts that are raised."""
