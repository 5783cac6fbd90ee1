"""The table of the messages about alerts: one row for each alert and channel. Frozen."""

TABLES = """
CREATE TABLE notification (
    id {id},
    alert_id BIGINT NOT NULL REFERENCES alert (id),
    channel TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('claimed', 'delivered', 'failed')),
    attempts BIGINT NOT NULL,
    claimed_at TEXT NOT NULL,
    claimed_by TEXT NOT NULL,
    retry_at TEXT,
    delivered_at TEXT,
    error TEXT
);
CREATE UNIQUE INDEX notification_one ON notification (alert_id, channel);
CREATE INDEX notification_latest ON notification (channel, claimed_at);
CREATE INDEX alert_opened ON alert (opened_at);
"""
