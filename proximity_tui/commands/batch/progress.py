"""The progress of work on many items, on stderr: a bar on a terminal, else a line for each.

Safe to use from several threads. Results that are printed meanwhile go through `above`, so that they do not break the
bar.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from proximity_tui.commands.base import output
from proximity_tui.core.base import pace

BAR = 24
"""Columns of the bar itself."""

_CLEAR = "\r\x1b[K"


class Progress:
    """The progress of one round over `total` items: `doing` says what is done, as `adopting`."""

    def __init__(self, doing: str, total: int, monotonic: Callable[[], float]) -> None:
        self._doing = doing
        self._total = total
        self._monotonic = monotonic
        self._began = monotonic()
        self._done = 0
        self._drawn = ""
        self._lock = threading.RLock()
        self._bar = total > 1 and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def step(self, line: str) -> None:
        """Count one more item; without a terminal `line` is printed for it. A single item needs no progress."""
        with self._lock:
            self._done += 1
            if self._bar:
                self.draw()
            elif self._total > 1:
                output.note(f"{self._done}/{self._total} {line}")

    def draw(self) -> None:
        """Draw the bar as it is now; without a terminal nothing."""
        if not self._bar:
            return
        with self._lock:
            columns = shutil.get_terminal_size().columns - 1
            line = bar_line(self._doing, self._done, self._total, self._monotonic() - self._began)[:columns]
            if line != self._drawn:
                self._write(f"\r{line}\x1b[K")
                self._drawn = line

    def above(self, print_it: Callable[[], object]) -> None:
        """Call a function that prints whole lines, and draw the bar again below them."""
        with self._lock:
            self.clear()
            print_it()
            sys.stdout.flush()
            self.draw()

    def clear(self) -> None:
        """Take the bar away."""
        with self._lock:
            if self._drawn:
                self._write(_CLEAR)
                self._drawn = ""

    def _write(self, text: str) -> None:
        # Who closed stderr does not want to see it; the work goes on.
        with suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()


def bar_line(doing: str, done: int, total: int, seconds: float) -> str:
    """Return the line of a bar: count, share, rate and remaining time, the last two once there is something to go by.

    For example `adopting [######------------------] 125/500 25% 12.5/s 30 s left`.
    """
    filled = BAR * done // total
    line = f"{doing} [{'#' * filled}{'-' * (BAR - filled)}] {done}/{total} {100 * done // total}%"
    return " ".join(filter(None, (line, pace.rate(done, seconds), pace.time_left(done, total, seconds))))
