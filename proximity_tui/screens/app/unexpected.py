"""The one place where an unexpected exception ends: it is logged with its traceback and shown in a sentence, and the
screens live on (law 9). It knows which parts of a widget Textual calls, and not their work.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from typing import Any

from rich.segment import Segment
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import WorkerFailed

from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import UNEXPECTED, plain

log = logging.getLogger(__name__)

QUIET, QUIETEST = 5.0, 600.0
"""Seconds for which an error of the same line of code is not told again, doubled each time up to the second number: a
widget that cannot be drawn must not flood the screen."""

UNDRAWN = f"cannot be drawn: {UNEXPECTED}"

ErrorReporter = Callable[[Exception], None]
_Place = tuple[str, str, int]
"""A type of exception, a file and a line."""


class UnexpectedErrors:
    """The unexpected errors of one App."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """Keep `tell`, which shows a sentence to the person at the screen."""
        self.last: str | None = None
        """The last one, by its type and its text; None while there was none."""
        self._notify = tell
        self._quiet: dict[_Place, tuple[float, float]] = {}
        """Until when, and for how long, an error of a place is not told again."""

    def report(self, error: Exception) -> None:
        """Log `error` with its traceback and show it. Never raises; the same place is not reported twice in a row."""
        try:
            if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
                error = error.error
            self.last = f"{type(error).__name__}: {plain(redact(str(error)), limit=300)}"
            place, now = _place(error), time.monotonic()
            until, quiet = self._quiet.get(place, (now, QUIET))
            if now < until:
                return
            self._quiet[place] = now + quiet, min(2 * quiet, QUIETEST)
            log.error("unexpected error in the screens: %s", self.last, exc_info=error)
            self._notify(f"{UNEXPECTED.capitalize()}: {self.last}. {_where_to_look()}")
        except Exception:
            log.exception("an unexpected error could not be told")


def catch_errors(widget: Widget, report: ErrorReporter) -> None:
    """Catch everything that `widget` raises while it is built, handles a message or draws itself; once is enough.

    Textual ends the message loop of a widget at its first exception, and with it the App.
    """
    parts: Any = widget
    if "_dispatch_message" in vars(widget):
        return
    handle, build, draw, render = parts._dispatch_message, parts.compose, parts.render_lines, parts._render

    async def dispatch_message(message: Message) -> None:
        try:
            await handle(message)
        except Exception as error:
            report(error)

    def compose() -> ComposeResult:
        try:
            yield from build()
        except Exception as error:
            report(error)

    def render_lines(crop: Region) -> Any:
        try:
            return draw(crop) if widget.parent is not None else _blank(crop)
        except Exception as error:
            report(error)
            return _undrawn(crop)

    def render_visual() -> Any:
        try:
            return render()
        except Exception as error:
            report(error)
            return Content(UNDRAWN)

    parts._dispatch_message = dispatch_message
    parts.compose = compose
    parts.render_lines = render_lines
    parts._render = render_visual


def _blank(crop: Region) -> list[Strip]:
    """Return what is drawn of a widget that was removed meanwhile: its styles are gone, and nobody will see it."""
    return [Strip.blank(crop.width)] * crop.height


def _undrawn(crop: Region) -> list[Strip]:
    first = Strip([Segment(UNDRAWN)]).adjust_cell_length(crop.width)
    return [first, *[Strip.blank(crop.width)] * (crop.height - 1)][: crop.height]


def _place(error: Exception) -> _Place:
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    return (type(error).__name__, last.filename, last.lineno or 0) if last else (type(error).__name__, str(error), 0)


def _where_to_look() -> str:
    files = (one.baseFilename for one in logging.getLogger().handlers if isinstance(one, logging.FileHandler))
    file = next(files, None)
    return f"The details are in {file}." if file else "The details are in the log."
