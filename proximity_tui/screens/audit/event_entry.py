"""An event in the list, and the totals above it."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import ClosedReason, Event
from proximity_tui.core.store.figures.counting import Tally
from proximity_tui.screens.lists.list_entry import FewFields, Moment
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.filter import Fields
from proximity_tui.widgets.table.quantity import Amount

WIDE = 110
"""The width of a list from which on a time has its date and its zone; the line below the list has both on any."""

COLUMNS = (
    Column("seq", "SEQ", 6, align="right", priority=4, shown_from=100),
    Column("at", "WHEN", 11, priority=2, want=25, whole_from=WIDE),
    Column("actor", "WHO", 10, flex=1, max=32, priority=3),
    Column("action", "WHAT", 11, flex=1, max=16, priority=2),
    Column("guest", "GUEST", 8, flex=1, max=20, priority=3),
    Column("message", "MESSAGE", 24, flex=8),
)


@value_object
class EventEntry(FewFields):
    """An event in the list."""

    event: Event

    @property
    def key(self) -> str:
        """Its place in the chain."""
        return str(self.event.seq)

    @property
    def urgent(self) -> bool:
        """False: a past event needs nobody any more; alerts do."""
        return False

    def seen_at(self, at: Moment) -> datetime | None:
        """Return the time of the event."""
        return self.event.at

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return a cell; a time is local, with its offset: the log is UTC."""
        event = self.event
        match column:
            case "seq":
                return Cell(str(event.seq), order=event.seq)
            case "at":
                return Cell(local_time(event.at), order=event.at.timestamp(), brief=_brief(event.at, at.now))
            case "guest":
                return f"{event.cluster}/{event.vmid}" if event.vmid is not None else event.cluster or ""
            case _:
                return str(getattr(event, column))

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        event = self.event
        return {
            "actor": event.actor,
            "action": event.action,
            "cluster": event.cluster or "",
            "vmid": str(event.vmid or ""),
            "container": str(event.container or ""),
            "message": event.message,
            "seq": Amount(event.seq),
            "age": Amount((at.now - event.at).total_seconds()),
        }

    def detail(self, at: Moment) -> str:
        """Return the whole event in one line."""
        return f"{local_time(self.event.at)}  {self.event.actor}: {self.event.message}"


def _brief(moment: datetime, now: datetime) -> str:
    local, today = moment.astimezone(), now.astimezone()
    if local.date() == today.date():
        return f"{local:%H:%M:%S}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d}"


def tally_words(tally: Tally) -> str:
    """Return the totals: `Totals: 5 adopted (5 with config), 2 no longer managed, 1 destroyed, …`."""
    closed = tally.closed
    counts = (
        f"{tally.adopted} adopted ({tally.with_clinical_record} with config)",
        f"{closed.get(ClosedReason.FORGOTTEN, 0)} no longer managed",
        f"{closed.get(ClosedReason.DESTROYED, 0)} destroyed",
        f"orphans: {closed.get(ClosedReason.VANISHED, 0)} anomalous and {closed.get(ClosedReason.REMOVED, 0)} expected",
        f"{tally.diagnosed} stuck operations found",
    )
    return f"Totals: {', '.join(counts)}"
