"""Stats: the figures of the fleet on one page, from the audit trail and the kept figures. What `stats` prints.

The trail is read when the page is opened, when another time is chosen, and on request: a long one takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.widget import Widget

from proximity_tui.analytics.stats import Analytics, gather_stats
from proximity_tui.analytics.stats_text import headline, stats_parts
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.screens.base.board import Board
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId

SPANS = {"month": timedelta(days=30), "year": timedelta(days=365), "day": timedelta(days=1), "week": timedelta(days=7)}
"""The times that the figures are of, in the order in which `h` goes through them."""
LEFT = ("Fleet", "Adopted", "Deleted", "Orphans", "Stuck")
"""What happened stands on the left, what lasted on the right."""


class StatsScreen(BaseScreen):
    """The screen of the fleet's figures."""

    PLACE = ScreenId.STATS
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.STATS)]

    def __init__(self) -> None:
        super().__init__()
        self._span = next(iter(SPANS))
        self._read_of: str | None = None
        """The cluster that the figures are narrowed to; "" for all, None while nothing was read."""

    def content(self) -> Iterable[Widget]:
        """Yield the board."""
        yield Board("Reading the audit trail.", LEFT)

    def show(self, view: View) -> None:
        """Read the figures, unless those of this part of the fleet are shown."""
        if self._read_of != (self.controller.narrowing.cluster or ""):
            self._request()

    def counts(self) -> str:
        """Return the time that is shown."""
        return f"Stats, last {self._span}"

    def do_span(self) -> None:
        """Show the figures of the last month; on a further press of the last year, day, week."""
        names = list(SPANS)
        self._span = names[(names.index(self._span) + 1) % len(names)]
        self._request()

    def do_refresh(self) -> None:
        """Poll, and read the figures again."""
        super().do_refresh()
        self._request()

    def _request(self) -> None:
        self._read_of = self.controller.narrowing.cluster or ""
        self._gather(self._read_of or None)

    @work(exclusive=True, group="stats")
    async def _gather(self, only: str | None) -> None:
        now = self.controller.clock.now()
        try:
            found = await self.controller.ask(gather_stats, now - SPANS[self._span], now, only)
        except StoreError as error:
            self._read_of = None
            self._draw(f"The figures cannot be read: {error}")
            return
        self._draw(found)

    @unless_unmounted
    def _draw(self, found: Analytics | str) -> None:
        """Show figures, or why there are none."""
        board = self.query_one(Board)
        if isinstance(found, str):
            board.show_sentence(found)
        else:
            until = f"{found.stats.until.astimezone():%H:%M%z}"
            head = f"  {headline(found.stats)}, as of {until}"
            board.show_parts([("Stats", "accent"), (head, "dim")], stats_parts(found))
        self.show_keys()
