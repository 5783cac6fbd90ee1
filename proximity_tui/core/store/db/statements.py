"""How statements are written. Most of each is names of columns: for every one of them peewee makes half a dozen objects
on the way to the same text, and that took longer than SQLite took to answer. Here a column is one step.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import peewee

_WRITTEN_BY_PEEWEE: Any = peewee.Field.__sql__


class Statement(peewee.Context):
    """One statement while it is written; what is not a column of a table of ours is peewee's to write."""

    __slots__ = ()

    def sql(self, obj: Any) -> Any:
        """Write a part of the statement, and return the statement."""
        if getattr(type(obj), "__sql__", None) is not _WRITTEN_BY_PEEWEE:
            return super().sql(obj)  # type: ignore[no-untyped-call]
        if self.scope == peewee.SCOPE_VALUES:
            return self.literal(_quoted(obj.column_name))
        # Asked of peewee each time: it numbers the tables of a statement in the order in which they are named.
        alias = self.alias_manager[obj.model._meta.table]
        return self.literal(_column(alias, obj.column_name))


@cache
def _column(alias: str, name: str) -> str:
    return f"{_quoted(alias)}.{_quoted(name)}"


@cache
def _quoted(name: str) -> str:
    return f'"{name}"'
