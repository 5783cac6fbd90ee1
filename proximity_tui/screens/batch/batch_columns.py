"""The columns of the dialogs for several containers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from proximity_tui.core.base.text import display_width
from proximity_tui.widgets.table.cells import Row
from proximity_tui.widgets.table.column_needs import fitted
from proximity_tui.widgets.table.columns import Column

LONGEST_NAME = 63
"""Cells of the longest name that a container can have."""
LONG = 2
"""The weight from which on a column may be longer than the screen is wide."""
CLUSTER = Column("cluster", "CLUSTER", 5, flex=1, max=30, priority=1)
"""Only where there are several: the same VMID and name may be in each."""


def as_wide_as_needed(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[Column, ...]:
    """Return the columns as wide as these rows need them. Where a name and what is said of it are too long for both to
    be whole, they share the room by their weights.
    """
    if not rows:
        return tuple(columns)
    needs = {
        column.id: max(display_width(row.cell(place).shown) for row in rows) for place, column in enumerate(columns)
    }
    long = {column.id for column in columns if column.flex >= LONG}
    others = fitted(columns, {id: need for id, need in needs.items() if id not in long})
    return tuple(_growing(one, needs[one.id]) if one.id in long else replace(one, flex=0) for one in others)


def _growing(column: Column, need: int) -> Column:
    """Return the column as one that grows by its weight until it is as wide as its rows need it. It is no wider than
    that from the start either: the room of short names is for what is said of them.
    """
    most = max(need, display_width(column.title))
    most = most if column.max is None else min(column.max, most)
    return replace(column, width=min(column.width, most), max=most)
