"""The tables of alerts, jobs and safe modes as peewee sees them; `migrations` makes them."""

from __future__ import annotations

import peewee

from proximity_tui.core.store.db.fields import JsonField, OptionalTimeField, TimeField
from proximity_tui.core.store.schema import ModelBase


class AlertRow(ModelBase):
    """Something a person must look at. One unresolved alert a key; its delivery to Sentry is part of the row."""

    id = peewee.BigAutoField()
    key = peewee.TextField()
    severity = peewee.TextField()
    kind = peewee.TextField()
    cluster = peewee.TextField(null=True)
    vmid = peewee.BigIntegerField(null=True)
    container_id = peewee.BigIntegerField(null=True)
    name = peewee.TextField(null=True)
    message = peewee.TextField()
    opened_at = TimeField()
    last_seen_at = TimeField()
    count = peewee.BigIntegerField()
    acknowledged_at = OptionalTimeField()
    acknowledged_by = peewee.TextField(null=True)
    acknowledged_note = peewee.TextField(null=True)
    resolved_at = OptionalTimeField()
    resolution = peewee.TextField(null=True)
    evidence = JsonField()
    sentry_state = peewee.TextField()
    sentry_event_id = peewee.TextField(null=True)
    sentry_claimed_at = OptionalTimeField()
    sentry_delivered_at = OptionalTimeField()
    sentry_attempts = peewee.BigIntegerField()
    sentry_error = peewee.TextField(null=True)
    sentry_claimed_by = peewee.TextField(null=True)
    sentry_retry_at = OptionalTimeField()

    class Meta:
        table_name = "alert"


class NotificationRow(ModelBase):
    """The message about an alert on one channel; no row means that nobody tried to send it yet."""

    id = peewee.BigAutoField()
    alert_id = peewee.BigIntegerField()
    channel = peewee.TextField()
    state = peewee.TextField()
    attempts = peewee.BigIntegerField()
    claimed_at = TimeField()
    claimed_by = peewee.TextField()
    retry_at = OptionalTimeField()
    delivered_at = OptionalTimeField()
    error = peewee.TextField(null=True)

    class Meta:
        table_name = "notification"


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


class FreezeRow(ModelBase):
    """An order that nothing may be changed; it holds until it is lifted or its end is reached."""

    id = peewee.BigAutoField()
    cluster = peewee.TextField(null=True)
    frozen_at = TimeField()
    frozen_by = peewee.TextField()
    reason = peewee.TextField()
    until = OptionalTimeField()
    lifted_at = OptionalTimeField()
    lifted_by = peewee.TextField(null=True)

    class Meta:
        # FREEZE alone is a word of PostgreSQL.
        table_name = "change_freeze"


class ArmingRow(ModelBase):
    """A person's write mode for a production cluster."""

    id = peewee.BigAutoField()
    cluster = peewee.TextField()
    person = peewee.TextField()
    armed_at = TimeField()
    reason = peewee.TextField()
    until = TimeField()

    class Meta:
        table_name = "arming"
