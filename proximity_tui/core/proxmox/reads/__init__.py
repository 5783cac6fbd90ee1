"""The reading half of the client: what may be read of one cluster, by subject. It decides nothing."""
