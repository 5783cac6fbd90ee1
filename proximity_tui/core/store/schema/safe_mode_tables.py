"""The tables of the modes in which nothing may be changed as peewee sees them; `migrations` makes them."""

from __future__ import annotations

import peewee

from proximity_tui.core.store.db.fields import OptionalTimeField, TimeField
from proximity_tui.core.store.schema.base import ModelBase


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
