"""The table of the locks that guests are seen with, as peewee sees it; `migrations` makes it."""

from __future__ import annotations

import peewee

from proximity_tui.core.store.db.fields import JsonField, TimeField
from proximity_tui.core.store.schema import ModelBase


class GuestLockRow(ModelBase):
    """The time since which the guest of a container is seen with one lock."""

    container_id = peewee.BigIntegerField(primary_key=True)
    lock = peewee.TextField()
    since = TimeField()
    since_clock = JsonField(null=True)

    class Meta:
        table_name = "guest_lock"
