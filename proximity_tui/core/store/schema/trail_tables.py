"""The tables of the audit trail and of facts about the whole database as peewee sees them; `migrations` makes them."""

from __future__ import annotations

import peewee

from proximity_tui.core.store.db.fields import JsonField, TimeField
from proximity_tui.core.store.schema.base import ModelBase


class EventRow(ModelBase):
    """One line of the audit trail."""

    seq = peewee.BigIntegerField(primary_key=True)
    at = TimeField()
    actor = peewee.TextField()
    action = peewee.TextField()
    container_id = peewee.BigIntegerField(null=True)
    cluster = peewee.TextField(null=True)
    vmid = peewee.BigIntegerField(null=True)
    message = peewee.TextField()
    evidence = JsonField()
    hash = peewee.TextField()

    class Meta:
        table_name = "event"


class TrailHeadRow(ModelBase):
    """The last event that was ever written: a shorter trail was cut."""

    one = peewee.BigIntegerField(primary_key=True)
    seq = peewee.BigIntegerField()
    hash = peewee.TextField()

    class Meta:
        table_name = "trail_head"


class TriggerStateRow(ModelBase):
    """The triggers of this database as the program last saw them."""

    one = peewee.BigIntegerField(primary_key=True)
    seen = peewee.TextField()
    seen_at = TimeField()

    class Meta:
        table_name = "guard_state"


class MarkRow(ModelBase):
    """A fact about the whole database."""

    name = peewee.TextField(primary_key=True)
    marked_at = TimeField()

    class Meta:
        table_name = "database_mark"
