"""The tables of ports that are reserved for nothing yet, and of what connects to a container's ports met. Frozen."""

TABLES = """
CREATE TABLE port_reservation (
    id {id},
    public BIGINT NOT NULL CHECK (public BETWEEN 1 AND 65535),
    container_port BIGINT CHECK (container_port BETWEEN 1 AND 65535),
    note TEXT NOT NULL,
    reserved_at TEXT NOT NULL,
    reserved_by TEXT NOT NULL,
    released_at TEXT
);
CREATE UNIQUE INDEX port_reservation_one ON port_reservation (public) WHERE released_at IS NULL;

CREATE TABLE port_observation (
    container_id BIGINT NOT NULL REFERENCES container (id),
    address TEXT NOT NULL,
    port BIGINT NOT NULL CHECK (port BETWEEN 1 AND 65535),
    outcome TEXT NOT NULL CHECK (outcome IN ('open', 'closed', 'filtered')),
    observed_at TEXT NOT NULL,
    origin TEXT NOT NULL,
    PRIMARY KEY (container_id, address, port)
);
"""
