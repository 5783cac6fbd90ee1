"""The columns that delivery, runs and the breaker need: claims, errors, and every answer of a person. Frozen."""

TABLES = """
ALTER TABLE alert ADD COLUMN sentry_claimed_by TEXT;
ALTER TABLE alert ADD COLUMN sentry_retry_at TEXT;
ALTER TABLE job_run ADD COLUMN errors TEXT NOT NULL DEFAULT '[]';
ALTER TABLE breaker ADD COLUMN dismissed_at TEXT;
ALTER TABLE breaker ADD COLUMN dismissed_by TEXT;
ALTER TABLE breaker ADD COLUMN dismissed_note TEXT;
CREATE INDEX breaker_cluster ON breaker (cluster);
CREATE INDEX alert_open ON alert (cluster) WHERE resolved_at IS NULL;
"""
