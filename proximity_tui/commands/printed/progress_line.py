"""One line at the bottom of a terminal that changes while a command works; elsewhere none. For one thread."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress

from proximity_tui.core.base.text import plain

_CLEAR = "\r\x1b[K"


class ProgressLine:
    """A line on stderr that is drawn over itself, and gone at the end. `shown` is False without a terminal."""

    def __init__(self, *, wanted: bool = True) -> None:
        self.shown = wanted and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._drawn = ""

    def draw(self, text: str) -> None:
        """Show this text, as much of it as the terminal has columns for."""
        line = plain(text)[: shutil.get_terminal_size().columns - 1]
        if self.shown and line != self._drawn:
            self._write(f"\r{line}\x1b[K")
            self._drawn = line

    def above(self, print_it: Callable[[], object]) -> None:
        """Call a function that prints whole lines, where the line was; it is gone until it is drawn again."""
        self.clear()
        print_it()
        sys.stdout.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn:
            self._write(_CLEAR)
            self._drawn = ""

    def _write(self, text: str) -> None:
        # Who closed stderr does not want to see it; the work goes on.
        with suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()
