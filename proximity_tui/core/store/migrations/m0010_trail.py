"""The tables that bind records and audit trail together, and a cluster's former name to its present one. Frozen."""

TABLES = """
ALTER TABLE container ADD COLUMN identity_event TEXT;
ALTER TABLE cluster ADD COLUMN renamed_to TEXT;
CREATE TABLE trail_head (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO trail_head SELECT 1, seq, hash FROM event ORDER BY seq DESC LIMIT 1;
CREATE TABLE guard_state (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    seen TEXT NOT NULL,
    seen_at TEXT NOT NULL
);
UPDATE container SET identity_event = 'due' WHERE closed_at IS NULL
"""
