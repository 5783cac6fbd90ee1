"""The stored data of the jobs: leases, runs, pauses and the breaker."""
