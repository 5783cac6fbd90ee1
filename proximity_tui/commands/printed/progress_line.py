"""One line at the bottom of a terminal that changes while a command works; elsewhere none. Safe to use from several
threads: there is one such line at a time, and whatever prints whole lines takes it away first.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from proximity_tui.core.base.text import human_age, plain

_CLEAR = "\r\x1b[K"
_terminal = threading.RLock()
"""Held while something is written."""
_drawn: list[ProgressLine] = []
"""The line that stands at the bottom now, if there is one."""


@contextmanager
def out_of_the_way() -> Iterator[None]:
    """Print whole lines meanwhile: the line at the bottom is gone until it is drawn again."""
    with _terminal:
        for line in tuple(_drawn):
            line.clear()
        yield


class ProgressLine:
    """A line on stderr that is drawn over itself, and gone at the end. `shown` is False without a terminal."""

    def __init__(self, *, wanted: bool = True) -> None:
        self.shown = wanted and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._text = ""

    def draw(self, text: str, *, gives_way: bool = False) -> None:
        """Show this text, as much of it as the terminal has columns for. One that `gives_way` replaces no other."""
        line = plain(text)[: shutil.get_terminal_size().columns - 1]
        with _terminal:
            others = [one for one in _drawn if one is not self]
            if not self.shown or line == self._text or (gives_way and others):
                return
            for other in others:
                other.clear()
            self._write(f"\r{line}\x1b[K")
            self._text, _drawn[:] = line, [self]

    def above(self, print_it: Callable[[], object]) -> None:
        """Call a function that prints whole lines, where the line was; it is gone until it is drawn again."""
        with out_of_the_way():
            print_it()
            sys.stdout.flush()

    def clear(self) -> None:
        """Take the line away."""
        with _terminal:
            if self._text:
                self._write(_CLEAR)
                self._text = ""
                _drawn.remove(self)

    def end(self) -> None:
        """Take the line away for good: whoever draws it once more comes too late."""
        with _terminal:
            self.clear()
            self.shown = False

    def _write(self, text: str) -> None:
        # Who closed stderr does not want to see it; the work goes on.
        with suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()


AFTER = 2.0
"""Seconds without an answer after which it is told."""

_PACE = 0.5


@contextmanager
def waits_told() -> Iterator[None]:
    """Show meanwhile, on a terminal, what is waited for. What says more about the work, such as a step that runs,
    stands in its place.
    """
    line = ProgressLine()
    if not line.shown:
        yield
        return
    over = threading.Event()
    threading.Thread(target=_follow, args=(line, over), name="waiting line", daemon=True).start()
    try:
        yield
    finally:
        over.set()
        line.end()


def _follow(line: ProgressLine, over: threading.Event) -> None:
    from proximity_tui.core.base.daemon_threads import longest_wait  # only a terminal needs it

    while not over.wait(_PACE):
        wait = longest_wait()
        lasts = 0.0 if wait is None else time.monotonic() - wait.since
        if wait is None or lasts < AFTER:
            line.clear()
        else:
            line.draw(f"  waiting for {wait.subject}, for {human_age(lasts)}", gives_way=True)
