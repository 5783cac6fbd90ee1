"""The tables of the safe modes: freezes and armings, each with its author, reason, start and end. Frozen."""

TABLES = """
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
