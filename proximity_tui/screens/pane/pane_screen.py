"""The base of a list with the pane beside it. The pane follows the cursor once it has settled, without any request."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from textual import events, on
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widget import Widget

from proximity_tui.core.fleet import GuestRow
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.lists.list_screen import ListScreen
from proximity_tui.screens.pane.guest_pane import FROM_COLUMNS, INNER, GuestPane, read_details
from proximity_tui.screens.pane.pane_lines import RecordedDetails, pane_lines
from proximity_tui.screens.view.view import View
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.table.row_table import RowTable

SETTLED = 0.15
"""Seconds without a move after which the pane follows: whoever runs through a list waits for no drawing of it."""
READ_WITHIN = 0.1
"""Seconds for which the pane waits for what the database says of another guest, so that it is drawn once."""


class PaneScreen(ListScreen):
    """A list whose rows are guests. A subclass says which one is current."""

    DEFAULT_CSS = "PaneScreen #beside { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._wanted: bool | None = None
        """Whether a person wants the pane; None while its place decides."""
        self._settling: Timer | None = None
        self._waiting: Timer | None = None
        """Until when the pane is not drawn, because the database is asked."""
        self._details: tuple[tuple[int | None, int | None], RecordedDetails | None] = ((None, None), None)
        """Of which record and at which change of the database, and what was read."""
        self._reading: int | None = None
        """The record that is being read: after a change of the database it is read again once that has ended."""

    def current(self) -> GuestRow | None:
        """Return the guest under the cursor, unless it is gone."""
        raise NotImplementedError

    def content(self) -> Iterable[Widget]:
        """Yield the table with the pane beside it, and what is below them."""
        table, *below = super().content()
        yield Horizontal(table, GuestPane(), id="beside")
        yield from below

    def show(self, view: View) -> None:
        """Show the view, in the pane too."""
        super().show(view)
        self._describe_guest()

    def pass_time(self) -> None:
        """Update the ages, in the pane too."""
        super().pass_time()
        if self._settling is None:
            self._describe_guest()

    def on_resize(self, event: events.Resize) -> None:
        """Show the pane where there is room for it."""
        self._place_pane()

    def do_details(self) -> None:
        """Show or hide the pane."""
        self._wanted = not self.query_one(GuestPane).display
        self._place_pane()

    @on(RowTable.Highlighted)
    def _follow(self) -> None:
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(SETTLED, self._settle)

    def _settle(self) -> None:
        self._settling = None
        self._describe_guest()

    def _place_pane(self) -> None:
        wide = self.app.size.width >= FROM_COLUMNS
        self.query_one(GuestPane).display = wide if self._wanted is None else self._wanted
        self._describe_guest()

    def _describe_guest(self) -> None:
        row = self.current() if self.query_one(GuestPane).display else None
        if row is None:
            self.query_one(GuestPane).set_text([])
            return
        at = row.id, self.controller.view.store_version
        of, details = self._details
        if of != at and row.id not in (None, self._reading) and self._settling is None:
            self._details = (at, details if of[0] == row.id else None)
            self._reading = row.id
            in_background(self, partial(self._read_details, at, row.id), exclusive=True, group="details")
            if of[0] != row.id:
                self._stop_waiting()
                self._waiting = self.set_timer(READ_WITHIN, self._wait_no_longer)
        if self._waiting is None:
            self._draw_guest(row)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None

    def _wait_no_longer(self) -> None:
        self._waiting = None
        if self._settling is None:
            self._describe_guest()

    def _draw_guest(self, row: GuestRow) -> None:
        known = self._details[1] if self._details[0][0] == row.id else None
        self.query_one(GuestPane).set_text(
            pane_lines(
                row, self.view, self.controller.clock.now(), known, INNER, self.controller.context.settings.thresholds
            )
        )

    async def _read_details(self, at: tuple[int | None, int | None], container_id: int) -> None:
        try:
            found = await self.controller.ask(read_details, container_id)
            self._reading = None
        except StoreError:
            self._reading = None
            # What keeps the database from answering is said by everything that reads it. It is asked again.
            if self._details[0] == at:
                self._details = ((container_id, None), self._details[1])
            return
        if self._details[0] == at:
            self._details = (at, found)
            self._stop_waiting()
            self._describe_guest()
