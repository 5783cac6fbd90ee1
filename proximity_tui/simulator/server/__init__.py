"""The HTTP server of the simulated cluster and its messages."""
