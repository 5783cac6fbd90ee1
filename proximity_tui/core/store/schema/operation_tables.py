"""The tables of operations and their steps as peewee sees them; `migrations` makes them."""

from __future__ import annotations

import peewee

from proximity_tui.core.store.db.fields import JsonField, OptionalTimeField, TimeField
from proximity_tui.core.store.schema.base import ModelBase


class OperationRow(ModelBase):
    """A plan that is or was executed."""

    id = peewee.BigAutoField()
    container_id = peewee.BigIntegerField(null=True)
    cluster = peewee.TextField()
    vmid = peewee.BigIntegerField(null=True)
    name = peewee.TextField()
    action = peewee.TextField()
    status = peewee.TextField()
    plan = JsonField()
    actor = peewee.TextField()
    owner = peewee.TextField()
    started_at = TimeField()
    heartbeat_at = TimeField()
    heartbeat_clock = JsonField(null=True)
    finished_at = OptionalTimeField()
    error = peewee.TextField(null=True)

    class Meta:
        table_name = "operation"


class StepRow(ModelBase):
    """One journaled step of an operation."""

    operation_id = peewee.BigIntegerField()
    seq = peewee.BigIntegerField()
    name = peewee.TextField()
    reason = peewee.TextField()
    outcome = peewee.TextField()
    task = peewee.TextField(null=True)
    intent_at = OptionalTimeField()
    fact_at = OptionalTimeField()
    detail = JsonField()

    class Meta:
        table_name = "operation_step"
        primary_key = peewee.CompositeKey("operation_id", "seq")
