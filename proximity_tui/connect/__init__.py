"""Meeting a cluster for the first time, or again after it changed: what it shows, and writing down whom we trust.

It asks no person anything and prints nothing; commands and screens do. Nothing is sent to a server, above all not the
token, before its certificate is trusted.
"""
