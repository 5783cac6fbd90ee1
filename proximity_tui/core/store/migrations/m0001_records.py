"""The first schema: containers, ports, operations, events, clinical records. Frozen."""

TABLES = """
CREATE TABLE cluster (
    name TEXT PRIMARY KEY,
    identity TEXT,
    first_seen_at TEXT NOT NULL,
    identity_at TEXT
);

CREATE TABLE container (
    id {id},
    cluster TEXT NOT NULL,
    vmid BIGINT,
    node TEXT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('native', 'adopted')),
    state TEXT NOT NULL CHECK (state IN (
        'deploying', 'cloning', 'adopting', 'updating', 'removing', 'running', 'stopped', 'error')),
    state_since TEXT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'stopped', 'unknown')),
    presence TEXT NOT NULL CHECK (presence IN ('present', 'absent', 'hidden', 'replaced', 'unknown')),
    presence_reason TEXT,
    observed_at TEXT,
    missing_since TEXT,
    created_at TEXT NOT NULL,
    fingerprint TEXT,
    marker TEXT,
    lock TEXT,
    template BOOLEAN NOT NULL,
    tags TEXT NOT NULL,
    last_error TEXT,
    predecessor BIGINT REFERENCES container (id),
    closed_at TEXT,
    closed_reason TEXT,
    CHECK ((closed_at IS NULL) = (closed_reason IS NULL))
);
CREATE UNIQUE INDEX container_one_active_record ON container (cluster, vmid) WHERE closed_at IS NULL;
CREATE INDEX container_guest ON container (cluster, vmid);
CREATE INDEX container_marker ON container (marker);

CREATE TABLE port (
    id {id},
    container_id BIGINT NOT NULL REFERENCES container (id),
    public BIGINT NOT NULL CHECK (public BETWEEN 1 AND 65535),
    container_port BIGINT NOT NULL CHECK (container_port BETWEEN 1 AND 65535),
    allocated_at TEXT NOT NULL,
    released_at TEXT
);
CREATE UNIQUE INDEX port_one_holder ON port (public) WHERE released_at IS NULL;
CREATE INDEX port_container ON port (container_id);

CREATE TABLE operation (
    id {id},
    container_id BIGINT REFERENCES container (id),
    cluster TEXT NOT NULL,
    vmid BIGINT,
    name TEXT NOT NULL,
    action TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'interrupted', 'done', 'failed', 'abandoned')),
    plan TEXT NOT NULL,
    actor TEXT NOT NULL,
    owner TEXT NOT NULL,
    started_at TEXT NOT NULL,
    heartbeat_at TEXT NOT NULL,
    finished_at TEXT,
    error TEXT
);
CREATE UNIQUE INDEX operation_one_for_a_guest ON operation (cluster, vmid)
    WHERE status IN ('open', 'interrupted');
CREATE UNIQUE INDEX operation_one_for_a_record ON operation (container_id)
    WHERE status IN ('open', 'interrupted');
CREATE INDEX operation_container ON operation (container_id);

CREATE TABLE operation_step (
    operation_id BIGINT NOT NULL REFERENCES operation (id),
    seq BIGINT NOT NULL,
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('pending', 'intended', 'done', 'skipped', 'failed')),
    task TEXT,
    intent_at TEXT,
    fact_at TEXT,
    detail TEXT NOT NULL,
    PRIMARY KEY (operation_id, seq)
);

CREATE TABLE event (
    seq BIGINT PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    container_id BIGINT,
    cluster TEXT,
    vmid BIGINT,
    message TEXT NOT NULL,
    evidence TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);
CREATE INDEX event_container ON event (container_id, seq);
CREATE INDEX event_guest ON event (cluster, vmid, seq);

CREATE TABLE clinical_record (
    container_id BIGINT NOT NULL REFERENCES container (id),
    revision BIGINT NOT NULL,
    captured_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (container_id, revision)
);
"""
