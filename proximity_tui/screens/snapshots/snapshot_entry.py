"""One line of the tree of snapshots: a snapshot, or the present where it stands."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.base.text import human_age
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.snapshot_tree import Branch
from proximity_tui.core.model import names
from proximity_tui.screens.lists.list_entry import FewFields, Moment
from proximity_tui.screens.presentation.ages import since
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.filter import Fields
from proximity_tui.widgets.table.quantity import Amount

COLUMNS = (
    Column("name", "SNAPSHOT", 14, flex=2, max=44),
    Column("age", "AGE", 7, align="right", live=True),
    Column("taken", "TAKEN", 16, priority=4),
    Column("state", "STATE", 7, priority=5),
    Column("note", "NOTE", 10, flex=3, priority=2),
)

NOW = "now"
UNKNOWN = Cell("unknown", "warn")


@value_object
class SnapshotEntry(FewFields):
    """A line of the tree in the list."""

    branch: Branch
    place: int
    """Its line in the tree, from the top."""

    @property
    def key(self) -> str:
        """The name of the snapshot; for the present `PRESENT`, which no snapshot can be called."""
        return self.branch.snapshot.name if self.branch.snapshot is not None else names.PRESENT

    @property
    def urgent(self) -> bool:
        """True for a snapshot that is not whole."""
        return self.branch.snapshot is not None and self.branch.snapshot.state is not None

    def seen_at(self, at: Moment) -> datetime | None:
        """Return when the snapshot was taken."""
        return None if self.branch.snapshot is None else self.branch.snapshot.at

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return a cell; a time is local."""
        one = self.branch.snapshot
        indent = f"{'  ' * self.branch.depth}{'└ ' if self.branch.forks else ''}"
        if column == "name":
            text = f"{indent}{one.name}" if one is not None else f"{indent}{NOW}"
            return Cell(text, "accent" if one is None else "normal", order=self.place)
        if one is None:
            return Cell("you are here", "dim") if column == "note" else ""
        match column:
            case "age":
                age = since(one.at, at.now)
                return UNKNOWN if age is None else Cell(human_age(age), order=age)
            case "taken":
                return UNKNOWN if one.at is None else f"{one.at.astimezone():%Y-%m-%d %H:%M}"
            case "state":
                return Cell(one.state, "warn") if one.state else ""
            case _:
                return UNKNOWN if one.note is None else one.note

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        one = self.branch.snapshot
        age = None if one is None else since(one.at, at.now)
        return {
            "name": NOW if one is None else one.name,
            "note": (one.note or "") if one is not None else "",
            "state": (one.state or "") if one is not None else "",
            **({} if age is None else {"age": Amount(age)}),
        }

    def detail(self, at: Moment) -> str:
        """Return everything about it in one line."""
        one = self.branch.snapshot
        if one is None:
            return "The container as it is now."
        taken = "at an unknown time" if one.at is None else local_time(one.at)
        follows = f", after {one.parent}" if one.parent else ""
        broken = f", not whole ({one.state})" if one.state else ""
        note = f": {one.note}" if one.note else ""
        unread = f" ({'; '.join(one.unknown)})" if one.unknown else ""
        return f"{one.name}, taken {taken}{follows}{broken}{note}{unread}"
