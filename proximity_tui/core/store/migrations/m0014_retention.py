"""The sums of the days whose runs were thinned, and the indexes by which a page of history is read. Frozen."""

TABLES = """
CREATE TABLE job_run_day (
    id {id},
    job TEXT NOT NULL,
    cluster TEXT NOT NULL,
    day TEXT NOT NULL,
    runs BIGINT NOT NULL,
    milliseconds BIGINT NOT NULL,
    outcomes TEXT NOT NULL,
    counters TEXT NOT NULL,
    kept BIGINT NOT NULL
);
CREATE INDEX job_run_day_latest ON job_run_day (job, cluster, day);
CREATE INDEX job_run_open ON job_run (cluster) WHERE finished_at IS NULL;
CREATE INDEX event_cluster ON event (cluster, seq);
CREATE INDEX event_diagnosed ON event (seq) WHERE action = 'diagnose';
CREATE INDEX alert_waiting ON alert (cluster) WHERE acknowledged_at IS NULL AND resolved_at IS NULL;
"""
