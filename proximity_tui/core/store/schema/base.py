"""The base of all tables."""

from __future__ import annotations

import peewee

from proximity_tui.core.store.database import proxy


class ModelBase(peewee.Model):
    """The base of all tables: the one database."""

    class Meta:
        database = proxy
        legacy_table_names = False
