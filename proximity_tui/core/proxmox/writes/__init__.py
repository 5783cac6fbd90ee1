"""The writes of the client, by subject. Each takes a permit, spends it, and is sent once; see `cluster_writes`."""
