"""Stats: the figures of the fleet on one page, from the audit trail and the kept figures. What `stats` prints.

The trail is read when the page is opened, when another time is chosen, and on request: a long one takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.widget import Widget

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.insight.stats_answer import gather_stats
from proximity_tui.insight.stats_text import headline, stats_parts
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.spans import SpanScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.text.board import Board, BoardContent

LEFT = ("Fleet", "Adopted", "Deleted", "Orphans", "Stuck")
"""What happened stands on the left, what lasted on the right."""


class StatsScreen(SpanScreen):
    """The screen of the fleet's figures."""

    AUTO_FOCUS = "Board"
    SCREEN_ID = ScreenId.STATS
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.STATS)]
    SPANS: ClassVar[Mapping[str, timedelta]] = {
        "month": timedelta(days=30),
        "year": timedelta(days=365),
        "day": timedelta(days=1),
        "week": timedelta(days=7),
    }

    def __init__(self) -> None:
        super().__init__()
        self._read_of: str | None = None
        """The cluster that the figures are narrowed to; "" for all, None while nothing was read."""

    def content(self) -> Iterable[Widget]:
        """Yield the board."""
        yield Board("Reading the audit trail.", LEFT)

    def show(self, view: View) -> None:
        """Read the figures, unless those of this part of the fleet are shown."""
        if self._read_of != (self.controller.narrowing.cluster or ""):
            self.read_figures()

    def counts(self) -> str:
        """Return the time that is shown."""
        return f"Stats, last {self.span}"

    def read_figures(self) -> None:
        """Read the figures of the part of the fleet that is shown."""
        self._read_of = self.controller.narrowing.cluster or ""
        self._gather(self._read_of or None)

    @work(exclusive=True, group="stats")
    async def _gather(self, only: str | None) -> None:
        now = self.controller.clock.now()
        try:
            self._draw(await self.controller.ask(_read_stats, now - self.SPANS[self.span], now, only))
        except StoreError as error:
            self._read_of = None
            self._draw(f"The figures cannot be read: {error}")

    @unless_unmounted
    def _draw(self, shown: BoardContent | str) -> None:
        self.query_one(Board).show(shown)
        self.show_keys()


def _read_stats(since: datetime, until: datetime, only: str | None) -> BoardContent:
    """Return the figures as the board shows them. Runs on a thread."""
    found = gather_stats(since, until, only)
    about = f"{headline(found.stats)}, as of {local_time(found.stats.until, seconds=False)}"
    return BoardContent("Stats", about, stats_parts(found))
