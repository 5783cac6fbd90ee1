"""The columns that the lists of guests choose from, and how they fit what their rows need.

The cells in them are made by `lists/guest_entry.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from proximity_tui.core.fleet import STALE_AFTER
from proximity_tui.core.fleet.trends import SLOTS
from proximity_tui.screens.lists.guest_entry import COUNTDOWN, DIFFERS, MEASURED, GuestEntry, widths_of
from proximity_tui.screens.lists.list_screen import Moment
from proximity_tui.screens.presentation.figure_cells import AMOUNT, BAR, SIZE
from proximity_tui.screens.view.view import View
from proximity_tui.widgets.table.column_needs import Needs, fitted, spare
from proximity_tui.widgets.table.columns import Column

CLUSTER = Column("cluster", "CLUSTER", 12, max=16, priority=3)
VMID = Column("vmid", "VMID", 9, align="right")
NAME = Column("name", "NAME", 12, max=40)
STATUS = Column("status", "STATUS", 14, max=16, live=True, of_now=True)
"""The least width holds a status with its age; as long as nothing is old, less is enough."""
CPU = Column("cpu", "CPU", 4, align="right", priority=4, live=True, of_now=True)
TREND = Column("trend", "TREND", SLOTS, priority=9, live=True, of_now=True, shown_from=118)
WITH_BARS = 110
"""The width of a list from which on memory and disk have bars."""
MEMORY = Column(
    "mem", "MEM", AMOUNT, align="right", priority=4, live=True, of_now=True, want=AMOUNT + 1 + BAR, whole_from=WITH_BARS
)
DISK = Column(
    "disk", "DISK", SIZE, align="right", priority=8, live=True, of_now=True, want=SIZE + 1 + BAR, whole_from=WITH_BARS
)
WITH_DISK = 130
"""The width from which on lists have it in which other columns are worth more."""
NOTES = Column("notes", "NOTES", 13, flex=1, priority=2, live=True)
"""As wide as the longest brief note and the sign that there is more; less where no row has one of that length."""


def needs_of(entries: Sequence[GuestEntry], at: Moment) -> Needs:
    """Return what these entries need of the columns."""
    widths = [widths_of(entry, at) for entry in entries]
    return dict(zip(MEASURED, map(max, zip(*widths, strict=True)), strict=False))


def columns_of(view: View, columns: Sequence[Column], needs: Needs, now: datetime) -> tuple[Column, ...]:
    """Return the columns as the rows need them. The cluster is one only where there is more than one, the state only
    where one differs from its status.
    """
    taken = (poll.inventory.taken_at for poll in view.polls.values() if poll.inventory is not None)
    if needs and any((now - one).total_seconds() > STALE_AFTER for one in taken):
        needs = {**needs, STATUS.id: STATUS.max or STATUS.width}
    placed = fitted((CLUSTER, *columns) if view.several_clusters else columns, needs)
    return tuple(_worth(column, needs) for column in placed) if needs else placed


def _worth(column: Column, needs: Needs) -> Column:
    """Return the column by what it says beside the others, and by what a person waits for."""
    if column.id == NOTES.id:
        return replace(column, width=max(column.width, needs[COUNTDOWN]))
    return spare(column) if column.id == "state" and not needs[DIFFERS] else column
