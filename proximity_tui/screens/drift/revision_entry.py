"""One revision in the list: when it was seen first, what it changed, and by whom."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.engine.observe.drift_history import TimelineEntry
from proximity_tui.screens.lists.list_entry import FewFields, Moment
from proximity_tui.screens.presentation.config_text import attribution_words, changes_words
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.filter import Fields
from proximity_tui.widgets.table.quantity import Amount

COLUMNS = (
    Column("number", "REV", 4, align="right"),
    Column("at", "SEEN FIRST", 16, priority=3),
    Column("mark", "IS", 13, priority=2),
    Column("changes", "CHANGED", 20, flex=4),
    Column("by", "BY", 12, flex=2, max=50, priority=4),
)


@value_object
class RevisionEntry(FewFields):
    """A revision in the list."""

    entry: TimelineEntry

    @property
    def key(self) -> str:
        """Its number."""
        return str(self.entry.revision.number)

    @property
    def urgent(self) -> bool:
        """False: what was is no trouble."""
        return False

    def seen_at(self, at: Moment) -> datetime | None:
        """Return when it was read first."""
        return self.entry.revision.taken_at

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return a cell; a time is local."""
        entry, revision = self.entry, self.entry.revision
        match column:
            case "number":
                return Cell(str(revision.number), order=revision.number)
            case "at":
                return Cell(f"{revision.taken_at.astimezone():%Y-%m-%d %H:%M}", order=revision.taken_at.timestamp())
            case "mark":
                return Cell(self._mark(), "accent" if entry.is_now else "normal")
            case "changes":
                return changes_words(entry.changes) if entry.before is not None else Cell("the first one known", "dim")
            case _:
                return Cell(attribution_words(revision.attribution), "dim")

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        revision = self.entry.revision
        return {
            "revision": Amount(revision.number),
            "changed": tuple(change.label for change in self.entry.changes),
            "by": attribution_words(revision.attribution),
            "is": self._mark(),
            "age": Amount((at.now - revision.taken_at).total_seconds()),
        }

    def detail(self, at: Moment) -> str:
        """Return everything about it, in one line."""
        entry = self.entry
        told = attribution_words(entry.revision.attribution)
        if entry.before is None:
            return f"Revision {entry.revision.number}: {told}."
        return f"Revision {entry.revision.number}: {changes_words(entry.changes)}. By: {told}"

    def _mark(self) -> str:
        marks = [*(["baseline"] if self.entry.is_baseline else []), *(["now"] if self.entry.is_now else [])]
        return ", ".join(marks)
