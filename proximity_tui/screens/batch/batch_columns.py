"""The columns of the dialogs for several containers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from proximity_tui.core.base.text import display_width
from proximity_tui.widgets.table.cells import Row
from proximity_tui.widgets.table.column_needs import Needs, fitted
from proximity_tui.widgets.table.columns import Column

LONGEST_NAME = 63
"""Cells of the longest name that a container can have."""
CLUSTER = Column("cluster", "CLUSTER", 5, flex=1, max=30, priority=1)
"""Only where there are several: the same VMID and name may be in each."""


def as_wide_as_needed(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[Column, ...]:
    """Return the columns as wide as these rows need them. What changes while it works has the room that is left."""
    if not rows:
        return tuple(columns)
    needs = _needs(columns, rows)
    return tuple(replace(one, flex=0) if one.id in needs else one for one in fitted(columns, needs))


def _needs(columns: Sequence[Column], rows: Sequence[Row]) -> Needs:
    # A column without a largest width takes what is left, so it needs nothing.
    return {
        column.id: max(display_width(row.cell(place).shown) for row in rows)
        for place, column in enumerate(columns)
        if column.max is not None or not column.flex
    }
