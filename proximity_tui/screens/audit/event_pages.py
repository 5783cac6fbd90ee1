"""The events that were read so far: a part of the trail without a gap."""

from __future__ import annotations

from proximity_tui.core.model import Event
from proximity_tui.core.store import events
from proximity_tui.core.store.database import database_instance

PAGE = 1000
"""Events in one read."""


class EventPages:
    """A part of the trail without a gap. An event never changes, so none is read twice. Its reads block."""

    def __init__(self) -> None:
        self.events: tuple[Event, ...] = ()
        """The events that were read, the newest first."""
        self.complete = False
        """True when there is no older event."""
        self.read_of: object = None
        """The instance of the database that they were read of: in another one others have these numbers."""

    def read_newer(self) -> None:
        """Read the events after the newest one; the newest page where nothing was read or too much came since.
        Raises StoreError.
        """
        if (present := database_instance()) != self.read_of:
            self.events, self.complete, self.read_of = (), False, present
        newest = self.events[0].seq if self.events else 0
        found = events.list_events(after=newest, limit=PAGE)
        if len(found) == PAGE:
            self.events, self.complete = found, False
        else:
            self.events, self.complete = (*found, *self.events), self.complete or not newest

    def read_older(self) -> None:
        """Read the page before the oldest one. Raises StoreError."""
        if self.complete or not self.events or database_instance() != self.read_of:
            return
        found = events.list_events(before=self.events[-1].seq, limit=PAGE)
        self.events, self.complete = (*self.events, *found), len(found) < PAGE
