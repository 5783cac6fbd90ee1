"""The audit screen: the trail of events, newest first, and whether its chain is whole. It never writes an event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from proximity_tui.core.base.local_time import time_of_day
from proximity_tui.core.model import Event
from proximity_tui.core.store import verification
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.figures import counting
from proximity_tui.core.store.figures.counting import Tally
from proximity_tui.core.store.verification import ChainVerdict
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.audit.event_entry import COLUMNS, EventEntry, tally_words
from proximity_tui.screens.audit.event_pages import EventPages
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.list_screen import Listed, ListScreen
from proximity_tui.screens.text.lines import Line
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_table import RowTable


class AuditScreen(ListScreen):
    """The trail of everything that was done."""

    SCREEN_ID = ScreenId.AUDIT
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.AUDIT)]
    FILTER_KEYS = frozenset({"actor", "action", "cluster", "vmid", "container", "message", "seq", "age"})

    def __init__(self) -> None:
        super().__init__()
        self._pages: EventPages | None = None
        self._chain: ChainVerdict | None = None
        self._checked_at: datetime | None = None
        """When the chain was verified: nothing does that again by itself."""
        self._tally: Tally | None = None
        self._trouble: str | None = None
        self._shown: object = None
        """What was read when it was shown last."""
        self._wanted: list[Callable[[EventPages], None]] = []
        """The reads that are still to be made, each at most once."""
        self._reading = self._verifying = False

    def content(self) -> Iterable[Widget]:
        """Yield the state of the chain and the totals, above the list."""
        chain, tally = Line(id="chain"), Line(id="tally")
        chain.set_text([(" hash chain: not checked yet", "dim")])
        tally.set_text([(" Totals: not counted yet", "dim")])
        yield chain
        yield tally
        yield from super().content()

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns, which never change."""
        return COLUMNS

    def items(self, view: View) -> Sequence[Event]:
        """Return the events that were read."""
        return self._pages.events if self._pages is not None else ()

    def entry(self, item: Event) -> Listed:
        """Return the entry of an event."""
        return EventEntry(item)

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, unreadable or empty."""
        if self._trouble is not None:
            return f"The audit trail cannot be read: {self._trouble}"
        return "Loading the audit trail." if self._pages is None else "The audit trail is empty."

    @property
    def is_read(self) -> bool:
        return self._pages is not None

    def show(self, view: View) -> None:
        """List the read events, and read again: a changed view may mean new events."""
        super().show(view)
        self._want(EventPages.read_newer)

    @on(RowTable.Highlighted)
    def _moved_on(self) -> None:
        """Read older events when the cursor is on the last row."""
        shown = self.table.shown
        at_end = bool(shown) and shown[-1].key == self.table.cursor_key
        if at_end and self._pages is not None and not self._pages.complete:
            self._want(EventPages.read_older)

    def do_undo(self) -> None:
        """Ask whether the event under the cursor is to be taken back."""
        entry = self.current_entry()
        if isinstance(entry, EventEntry):
            self.app.routes.open_undo(event=entry.event.seq)
        else:
            self.show_empty_state()

    def do_refresh(self) -> None:
        """Read everything again, and verify the chain again, too; also while something is being read."""
        self._pages = self._chain = None
        super().do_refresh()
        self._want(EventPages.read_newer)

    def tick(self) -> None:
        """Update the time of the verdict alone, which needs a date on the next day: events have no age."""
        self._show_chain()

    def _want(self, read: Callable[[EventPages], None]) -> None:
        if read not in self._wanted:
            self._wanted.append(read)
        if not self._reading:
            self._reading = True
            in_background(self, self._read_wanted, group="trail")

    async def _read_wanted(self) -> None:
        try:
            while self._wanted:
                await self._read(self._wanted.pop(0))
        finally:
            self._reading = False

    async def _read(self, read: Callable[[EventPages], None]) -> None:
        """Read newer or older events, and show them only when they differ."""
        known = self._pages
        pages = known or EventPages()
        of = pages.read_of
        try:
            self._tally = await self.controller.ask(counting.tally)
            await self.controller.ask(read, pages)
            if self._pages is not known:
                # Everything is to be read again since: that comes next.
                return
            self._pages, self._trouble = pages, None
            if pages.read_of != of:
                # A verdict on the trail of another database says nothing of this one.
                self._chain = None
        except StoreError as error:
            self._trouble = str(error)
        now = self._pages, pages.events, self._tally, self._trouble
        if now != self._shown:
            self._shown = now
            super().show(self.view)
            self._show_chain()
            self._show_tally()
        if self._chain is None and self._trouble is None and not self._verifying:
            self._verifying = True
            in_background(self, self._verify, group="chain")

    @property
    def _read_of(self) -> object:
        """The instance of the database whose events are shown; None before any was read."""
        return None if self._pages is None else self._pages.read_of

    async def _verify(self) -> None:
        """Walk the whole trail, once and on request: it may have a million events."""
        try:
            while self._chain is None:
                self._checked_at, of = self.controller.clock.now(), self._read_of
                verdict = await self.controller.ask(verification.verify)
                # The database may have been exchanged meanwhile.
                self._chain = verdict if of == self._read_of else None
        except StoreError as error:
            self._trouble = str(error)
        finally:
            self._verifying = False
        self._show_chain()

    @unless_unmounted
    def _show_tally(self) -> None:
        words = tally_words(self._tally) if self._tally is not None else ""
        self.query_one("#tally", Line).set_text([(f" {words}", "dim")])

    @unless_unmounted
    def _show_chain(self) -> None:
        line, chain, at = self.query_one("#chain", Line), self._chain, self._checked_at
        if self._trouble is not None:
            line.set_text([(f" The audit trail cannot be read: {self._trouble}", "bad")])
        elif chain is None or at is None:
            words = "checking the hash chain" if at is not None else "hash chain: not checked yet"
            line.set_text([(f" {words}", "dim")])
        elif chain.whole:
            pages = self._pages
            older = "" if pages is None or pages.complete else f", newest {len(pages.events)} shown"
            checked = time_of_day(at, self.controller.clock.now())
            verified = f"  up to event {chain.chain.events} ({chain.chain.head[:12]}), checked {checked}{older}"
            line.set_text([(" hash chain intact", "good"), (verified, "dim")])
        elif chain.chain.broken_at is not None:
            line.set_text(
                [(f" HASH CHAIN BROKEN at event {chain.chain.broken_at}: later events were changed or removed", "bad")]
            )
        else:
            line.set_text([(f" AUDIT TRAIL INCOMPLETE: {chain.flaws[0]}", "bad")])
