"""The tables of the jobs: alerts, leases, runs, the breaker and pauses. Frozen."""

TABLES = """
CREATE TABLE alert (
    id {id},
    key TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('red', 'amber')),
    kind TEXT NOT NULL,
    cluster TEXT,
    vmid BIGINT,
    container_id BIGINT REFERENCES container (id),
    name TEXT,
    message TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    count BIGINT NOT NULL,
    acknowledged_at TEXT,
    acknowledged_by TEXT,
    acknowledged_note TEXT,
    resolved_at TEXT,
    resolution TEXT,
    evidence TEXT NOT NULL,
    sentry_state TEXT NOT NULL CHECK (sentry_state IN ('none', 'pending', 'claimed', 'delivered', 'failed')),
    sentry_event_id TEXT,
    sentry_claimed_at TEXT,
    sentry_delivered_at TEXT,
    sentry_attempts BIGINT NOT NULL,
    sentry_error TEXT
);
CREATE UNIQUE INDEX alert_one_unresolved ON alert (key) WHERE resolved_at IS NULL;
CREATE INDEX alert_container ON alert (container_id);
CREATE INDEX alert_outbox ON alert (sentry_state);

CREATE TABLE lease (
    cluster TEXT NOT NULL,
    job TEXT NOT NULL,
    owner TEXT,
    token BIGINT NOT NULL,
    acquired_at TEXT,
    renewed_at TEXT,
    expires_at TEXT,
    boot_id TEXT,
    expires_tick_ms BIGINT,
    PRIMARY KEY (cluster, job)
);

CREATE TABLE job_run (
    id {id},
    job TEXT NOT NULL,
    cluster TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    outcome TEXT,
    counters TEXT NOT NULL,
    reasons TEXT NOT NULL,
    run_by TEXT NOT NULL,
    "trigger" TEXT NOT NULL,
    token BIGINT,
    head_seq BIGINT,
    head_hash TEXT
);
CREATE INDEX job_run_latest ON job_run (job, cluster, id);

CREATE TABLE breaker (
    id {id},
    cluster TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    message TEXT NOT NULL,
    evidence TEXT NOT NULL,
    approved_at TEXT,
    approved_by TEXT,
    approved_note TEXT,
    closed_at TEXT,
    closed_reason TEXT
);
CREATE UNIQUE INDEX breaker_one_open ON breaker (cluster) WHERE closed_at IS NULL;

CREATE TABLE job_pause (
    cluster TEXT NOT NULL,
    job TEXT NOT NULL,
    paused_at TEXT NOT NULL,
    paused_by TEXT NOT NULL,
    reason TEXT,
    until TEXT,
    PRIMARY KEY (cluster, job)
);
"""
