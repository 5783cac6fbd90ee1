"""Meeting a cluster, and trusting it anew."""
