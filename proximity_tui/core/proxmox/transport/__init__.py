"""HTTP to one cluster: connections, trust in its certificate, and every way a call can fail."""
