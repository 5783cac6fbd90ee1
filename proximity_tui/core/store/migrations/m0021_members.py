"""The columns for the nodes of each cluster, by which a server is told that left it. Frozen.

`members` is the name that a cluster has for itself and the names of its nodes, as JSON.
"""

TABLES = """
ALTER TABLE cluster ADD COLUMN members TEXT;
ALTER TABLE cluster ADD COLUMN members_at TEXT;
"""
