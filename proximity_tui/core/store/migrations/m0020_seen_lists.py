"""The table of the last list of each cluster: what was seen again as recorded takes no write of its own. Frozen.

`left_out` holds the ids of the records that the list did not confirm, as JSON, and `up_to` the newest id at that time.
"""

TABLES = """
CREATE TABLE seen_list (
    cluster TEXT PRIMARY KEY,
    seen_at TEXT NOT NULL,
    left_out TEXT NOT NULL,
    up_to BIGINT NOT NULL
);
CREATE INDEX container_observed ON container (cluster, observed_at) WHERE closed_at IS NULL;
"""
