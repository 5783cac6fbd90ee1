"""What the jobs keep: leases, runs, pauses and the breaker."""
