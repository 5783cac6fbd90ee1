"""The tables of alerts, of their messages, and of waived findings as peewee sees them; `migrations` makes them."""

from __future__ import annotations

import peewee

from proximity_tui.core.store.db.fields import JsonField, OptionalTimeField, TimeField
from proximity_tui.core.store.schema.base import ModelBase


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
    unanswered_at = OptionalTimeField()

    class Meta:
        table_name = "notification"


class LintWaiverRow(ModelBase):
    """A finding of lint while and after a person waived it."""

    id = peewee.BigAutoField()
    rule = peewee.TextField()
    subject = peewee.TextField()
    note = peewee.TextField()
    waived_at = TimeField()
    waived_by = peewee.TextField()
    lifted_at = OptionalTimeField()
    lifted_by = peewee.TextField(null=True)

    class Meta:
        table_name = "lint_waiver"
