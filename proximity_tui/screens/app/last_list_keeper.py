"""The keeper of the last list: it writes what the Fleet list shows for the next start, when it changed and at the end.

A read-only look and a demo leave none. A last list that cannot be written is no loss: the next start has none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from proximity_tui.core import store
from proximity_tui.core.base.daemon_threads import run_within, spawn
from proximity_tui.core.base.secret import masked_text
from proximity_tui.core.fleet import STALE_AFTER
from proximity_tui.core.model import Inventory
from proximity_tui.core.store import events
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.last_list import completion_names, file
from proximity_tui.last_list.content import MOST_ROWS, LastList, LastListCell, Timestamp
from proximity_tui.widgets.glyphs import UNICODE, glyphs
from proximity_tui.widgets.table.cells import Row
from proximity_tui.widgets.table.columns import Column

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext
    from proximity_tui.screens.app.controller import Controller
    from proximity_tui.screens.view.view import View

log = logging.getLogger(__name__)

PATIENCE = 0.3
"""Seconds that the end of the program waits for the last last list."""

FleetTop = tuple[tuple[Column, ...], Sequence[Row], str]
"""The columns of the list, its first lines, and the red alert above it, if there is one."""
Content = tuple[tuple[Column, ...], tuple[tuple[LastListCell, ...], ...], int, str]


class LastListKeeper:
    """The keeper for one App; `top` returns the first lines of the list, `is_light` whether the background of the
    terminal is light, where it is known.
    """

    def __init__(
        self,
        controller: Controller,
        top: Callable[[View, datetime, AppContext, int], FleetTop],
        is_light: Callable[[], bool | None],
    ) -> None:
        self._controller = controller
        self._top, self._is_light = top, is_light
        self._kept: Content | None = None

    def keep_changed(self) -> None:
        """Write a last list, if there is another one than the last, on a thread of its own."""
        content = self._content()
        if content is not None and content != self._kept:
            self._kept = content
            spawn("last_list", self._write, content, self._taken_at(), self._inventories())

    def keep_last(self) -> None:
        """Write the last list for the next start. Returns within `PATIENCE`, whatever hangs."""
        content = self._content()
        if content is not None:
            run_within(PATIENCE, "last_list", self._write, content, self._taken_at(), self._inventories())

    def _content(self) -> Content | None:
        """Return what a last list would show; None where there shall be none."""
        context, view = self._controller.context, self._controller.view
        if context.simulated or context.settings.read_only or not store.is_writable():
            return None
        if view.taken_at is None or view.store_error is not None:
            return None
        now = self._controller.clock.now()
        columns, rows, alert = self._top(view, now, context, MOST_ROWS)
        lines = tuple(tuple(_kept(row, index) for index in range(len(columns))) for row in rows)
        return columns, lines, len(view.rows), alert

    def _taken_at(self) -> Timestamp:
        """Return when the oldest value was seen that is shown without an age of its own (law 7)."""
        taken = [one.taken_at for one in self._inventories()]
        age, present = oldest_without_age(taken, self._controller.clock.now()), file.present()
        return present._replace(wall=present.wall - age, lived=present.lived - age)

    def _inventories(self) -> Sequence[Inventory]:
        polls = self._controller.view.polls.values()
        return [poll.inventory for poll in polls if poll.inventory is not None]

    def _write(self, content: Content, taken_at: Timestamp, inventories: Sequence[Inventory]) -> None:
        columns, rows, total, banner = content
        url = self._controller.context.settings.database
        try:
            origin, identity = events.origin(), file.identity_of(url)
            if origin is None or identity is None:
                return
            unicode, lines = glyphs() is UNICODE, tuple(tuple(_masked(cell) for cell in row) for row in rows)
            alert, light = _without_secrets(banner), self._is_light()
            file.write(
                url, LastList(identity, origin, taken_at, unicode, total, columns, lines, banner=alert, light=light)
            )
            completion_names.keep(url, inventories)
        except (OSError, StoreError) as error:
            log.warning("the list could not be kept for the next start: %s", error)


def oldest_without_age(taken: Iterable[datetime], now: datetime) -> float:
    """Return the age in seconds of the oldest of these inventories whose values the list shows without their age."""
    ages = ((now - one).total_seconds() for one in taken)
    return max((age for age in ages if 0 <= age <= STALE_AFTER), default=0.0)


def _kept(row: Row, index: int) -> LastListCell:
    cell = row.cell(index)
    return LastListCell(cell.shown, cell.tone, cell.brief)


def _masked(cell: LastListCell) -> LastListCell:
    return LastListCell(_without_secrets(cell.text), cell.tone, _without_secrets(cell.brief))


def _without_secrets(text: str) -> str:
    # A note may quote an error, and an error may quote anything. Nothing this short can hide a secret.
    return masked_text(text, leaving=False) if len(text) > 8 else text
