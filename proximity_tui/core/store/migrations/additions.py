"""Migrations 3 to 12: the tables and columns that were added one after the other. Frozen."""

SIGNALS = """
ALTER TABLE alert ADD COLUMN sentry_claimed_by TEXT;
ALTER TABLE alert ADD COLUMN sentry_retry_at TEXT;
ALTER TABLE job_run ADD COLUMN errors TEXT NOT NULL DEFAULT '[]';
ALTER TABLE breaker ADD COLUMN dismissed_at TEXT;
ALTER TABLE breaker ADD COLUMN dismissed_by TEXT;
ALTER TABLE breaker ADD COLUMN dismissed_note TEXT;
CREATE INDEX breaker_cluster ON breaker (cluster);
CREATE INDEX alert_open ON alert (cluster) WHERE resolved_at IS NULL;
"""
"""3: the columns that delivery, runs and the breaker need: claims, errors, and every answer of a person."""

SAFE_MODES = """
CREATE TABLE change_freeze (
    id {id},
    cluster TEXT,
    frozen_at TEXT NOT NULL,
    frozen_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    until TEXT,
    lifted_at TEXT,
    lifted_by TEXT
);
CREATE INDEX change_freeze_open ON change_freeze (lifted_at);

CREATE TABLE arming (
    id {id},
    cluster TEXT NOT NULL,
    person TEXT NOT NULL,
    armed_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    until TEXT NOT NULL
);
CREATE INDEX arming_until ON arming (until);
"""
"""4: the tables of the safe modes: freezes and armings, each with its author, reason, start and end."""

DRIFT = """
CREATE TABLE drift (
    container_id BIGINT PRIMARY KEY REFERENCES container (id),
    revision BIGINT NOT NULL,
    compared_at TEXT NOT NULL,
    changed TEXT NOT NULL
);
"""
"""5: the table of the last full comparison of each config with its clinical record."""

HALF_DESTROYED = """
ALTER TABLE container ADD COLUMN half_destroyed_since TEXT;
"""
"""6: the column for the time since which only remains of a guest are seen."""

MARKS = """
CREATE TABLE database_mark (
    name TEXT PRIMARY KEY,
    marked_at TEXT NOT NULL
);
"""
"""7: the table of facts about the whole database: `simulated`."""

IDENTITY = """
ALTER TABLE container ADD COLUMN identity_seen_at TEXT;
"""
"""8: the column for the last time at which a guest was seen to be the recorded one."""

CLOCK_READINGS = """
ALTER TABLE container ADD COLUMN state_clock TEXT;
ALTER TABLE container ADD COLUMN doubt_clock TEXT;
ALTER TABLE operation ADD COLUMN heartbeat_clock TEXT;
"""
"""9: the columns for the readings of every clock at the start of a state, a heartbeat or a doubt."""

TRAIL = """
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
"""10: the tables that bind records and audit trail together, and a cluster's former name to its present one."""

IDENTITY_DUE = """
ALTER TABLE container ADD COLUMN identity_due_since TEXT;
"""
"""11: the column for the time since which the fingerprint of a guest is due to be read again."""

GUEST_LOCKS = """
CREATE TABLE guest_lock (
    container_id BIGINT PRIMARY KEY,
    lock TEXT NOT NULL,
    since TEXT NOT NULL,
    since_clock TEXT
);
"""
"""12: the table of the time since which a guest is seen with a lock, by every clock."""
