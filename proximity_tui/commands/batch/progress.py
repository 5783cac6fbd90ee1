"""The progress of work on many items, on stderr: a bar on a terminal, else a line for each.

Safe to use from several threads. Results that are printed meanwhile go through `above`, so that they do not break the
bar.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from proximity_tui.commands.base import streams
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.progress_line import ProgressLine
from proximity_tui.core.base import pace
from proximity_tui.core.base.text import human_age

BAR = 24
"""Columns of the bar itself."""


class Progress:
    """The progress of one round over `total` items: `doing` says what is done, as `adopting`."""

    def __init__(self, doing: str, total: int, monotonic: Callable[[], float]) -> None:
        self._doing = doing
        self._total = total
        self._monotonic = monotonic
        self._began = monotonic()
        self._done = 0
        self._lock = threading.RLock()
        self.is_over = False
        """Whether the round has ended, also for work that was left behind and goes on."""
        self._bar = ProgressLine(wanted=total > 1)

    def step(self, line: str) -> None:
        """Count one more item; without a terminal `line` is printed for it, if stderr is read. A single item needs no
        progress.
        """
        with self._lock:
            self._done += 1
            count = f"{self._done}/{self._total}"
            if self._bar.shown:
                self.draw()
                return
        if self._total > 1 and not self.is_over:
            output.note(f"{count} {line}", waits=False)

    def draw(self) -> None:
        """Draw the bar as it is now; without a terminal nothing, and nobody who writes a line is waited for."""
        if not self._bar.shown:
            return
        with self._lock:
            if self._bar.shown:
                self._bar.draw(bar_line(self._doing, self._done, self._total, self._monotonic() - self._began))

    def above(self, print_it: Callable[[], object]) -> None:
        """Call a function that prints whole lines, and draw the bar again below them. What cannot be written stops no
        work: the end of the command says so.
        """
        with self._lock:
            if self.is_over:
                return
            try:
                self._bar.above(print_it)
            except OSError as error:
                streams.keep_lost(error)
            self.draw()

    def end(self) -> None:
        """Take the bar away, and count nothing any more: after an interruption work may go on behind it."""
        self.is_over = True
        if self._bar.shown:
            with self._lock:
                self._bar.end()


def bar_line(doing: str, done: int, total: int, seconds: float) -> str:
    """Return the line of a bar: count, share, rate and remaining time, the last two once there is something to go by;
    before that how long it works.

    For example `adopting [######------------------] 125/500 25% 12.5/s 30 s left`.
    """
    filled = BAR * done // total
    line = f"{doing} [{'#' * filled}{'-' * (BAR - filled)}] {done}/{total} {100 * done // total}%"
    if not done:
        return f"{line} after {human_age(seconds)}" if seconds >= 1 else line
    return " ".join(filter(None, (line, pace.rate(done, seconds), pace.time_left(done, total, seconds))))
