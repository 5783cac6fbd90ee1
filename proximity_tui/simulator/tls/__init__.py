"""The certificates of the simulated cluster, made without a library."""
