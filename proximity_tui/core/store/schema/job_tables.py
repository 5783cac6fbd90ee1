"""The tables of jobs as peewee sees them; `migrations` makes them."""

from __future__ import annotations

import peewee

from proximity_tui.core.store.db.fields import JsonField, OptionalTimeField, TimeField
from proximity_tui.core.store.schema.base import ModelBase


class LeaseRow(ModelBase):
    """The holder of the jobs of a cluster, the end of its lease, and its fencing token."""

    cluster = peewee.TextField()
    job = peewee.TextField()
    owner = peewee.TextField(null=True)
    token = peewee.BigIntegerField()
    acquired_at = OptionalTimeField()
    renewed_at = OptionalTimeField()
    expires_at = OptionalTimeField()
    boot_id = peewee.TextField(null=True)
    expires_tick_ms = peewee.BigIntegerField(null=True)

    class Meta:
        table_name = "lease"
        primary_key = peewee.CompositeKey("cluster", "job")


class JobRunRow(ModelBase):
    """One run of a job for a cluster, with the head of the audit trail when it ended."""

    id = peewee.BigAutoField()
    job = peewee.TextField()
    cluster = peewee.TextField()
    started_at = TimeField()
    finished_at = OptionalTimeField()
    outcome = peewee.TextField(null=True)
    counters = JsonField()
    reasons = JsonField()
    errors = JsonField()
    run_by = peewee.TextField()
    trigger = peewee.TextField()
    token = peewee.BigIntegerField(null=True)
    head_seq = peewee.BigIntegerField(null=True)
    head_hash = peewee.TextField(null=True)

    class Meta:
        table_name = "job_run"


class JobRunDayRow(ModelBase):
    """The sums of all runs of a job for a cluster on one day, and the id of the run of that day that stays."""

    id = peewee.BigAutoField()
    job = peewee.TextField()
    cluster = peewee.TextField()
    day = peewee.TextField()
    runs = peewee.BigIntegerField()
    milliseconds = peewee.BigIntegerField()
    outcomes = JsonField()
    counters = JsonField()
    kept = peewee.BigIntegerField()

    class Meta:
        table_name = "job_run_day"


class BreakerRow(ModelBase):
    """A cluster held because too much vanished at once, until a person answers."""

    id = peewee.BigAutoField()
    cluster = peewee.TextField()
    opened_at = TimeField()
    message = peewee.TextField()
    evidence = JsonField()
    approved_at = OptionalTimeField()
    approved_by = peewee.TextField(null=True)
    approved_note = peewee.TextField(null=True)
    dismissed_at = OptionalTimeField()
    dismissed_by = peewee.TextField(null=True)
    dismissed_note = peewee.TextField(null=True)
    closed_at = OptionalTimeField()
    closed_reason = peewee.TextField(null=True)

    class Meta:
        table_name = "breaker"


class JobPauseRow(ModelBase):
    """A job that a person has paused for a cluster."""

    cluster = peewee.TextField()
    job = peewee.TextField()
    paused_at = TimeField()
    paused_by = peewee.TextField()
    reason = peewee.TextField(null=True)
    until = OptionalTimeField()

    class Meta:
        table_name = "job_pause"
        primary_key = peewee.CompositeKey("cluster", "job")
