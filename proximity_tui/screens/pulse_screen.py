"""Pulse: the last shift on one page, for a wall and for whoever takes over. What `handover` prints, live.

It is read again when somebody wrote something, and once a minute because time goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from proximity_tui.core.base.local_time import time_of_day
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.insight.handover_answer import gather
from proximity_tui.insight.handover_text import parts, span
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.text.board import Board, BoardContent
from proximity_tui.widgets.background_work import in_turn

SHIFT = timedelta(hours=8)
READ_EVERY = 60
"""Ticks after which the time that it is about has moved on far enough."""
LEFT = ("Still open", "Fleet", "Jobs")
"""What is and what runs stands on the left, what happened on the right."""


class PulseScreen(BaseScreen):
    """The screen of the last shift."""

    AUTO_FOCUS = "Board"
    SCREEN_ID = ScreenId.PULSE
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.PULSE)]

    def __init__(self) -> None:
        super().__init__()
        self._read_at: tuple[int | None, str | None] | None = None
        """The version of the database that is shown or being read, and the cluster that it is narrowed to."""
        self._due = False
        self._ticks = 0

    def content(self) -> Iterable[Widget]:
        """Yield the board."""
        yield Board("Reading the records.", LEFT)

    def show(self, view: View) -> None:
        """Read again, if anybody wrote anything since: at the next tick, because many things may be written at once."""
        now = view.store_version, self.controller.narrowing.cluster
        if self._read_at is None or self._read_at[1] != now[1]:
            self._read()
        self._due = self._due or now != self._read_at

    def tick(self) -> None:
        """Read again where that is due, and once a minute."""
        self._ticks += 1
        if self._due or self._ticks % READ_EVERY == 0:
            self._read()

    def _read(self) -> None:
        only = self.controller.narrowing.cluster
        self._read_at, self._due = (self.view.store_version, only), False
        in_turn(self, partial(self._gather, only), group="handover")

    async def _gather(self, only: str | None) -> None:
        now = self.controller.clock.now()
        clusters = tuple(self.controller.context.settings.enabled_clusters)
        try:
            self._draw(await self.controller.ask(_read_shift, now - SHIFT, now, clusters, only))
        except StoreError as error:
            self._read_at = None
            self._draw(f"The handover cannot be read: {error}")

    @unless_unmounted
    def _draw(self, shown: BoardContent | str) -> None:
        self.query_one(Board).show(shown)


def _read_shift(since: datetime, until: datetime, clusters: Sequence[str], only: str | None) -> BoardContent:
    """Return the last shift as the board shows it. Runs on a thread: the text of a long one takes its time."""
    found = gather(since, until, clusters, only)
    return BoardContent("Pulse", f"{span(found)}, as of {time_of_day(found.until, found.until)}", parts(found))
