"""The table of the time since which a guest is seen with a lock, by every clock. Frozen."""

TABLES = """
CREATE TABLE guest_lock (
    container_id BIGINT PRIMARY KEY,
    lock TEXT NOT NULL,
    since TEXT NOT NULL,
    since_clock TEXT
);
"""
