"""The first contact with a cluster, and a new one after its identity changed: its certificates, and recording the
trust.

It asks no person and prints nothing; commands and screens do. Nothing is sent to a server, above all not the token,
before its certificate is trusted.
"""
