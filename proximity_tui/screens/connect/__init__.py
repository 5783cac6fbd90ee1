"""The screens for connecting a cluster, and for trusting it again."""
