"""A terminal without a window: the screen that it would show, and the environment of a program on it.

Benchmarks and tests share it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

import pyte

# Queries, and the private sequences of the Kitty protocol, parts of which pyte 0.8.2 would show as text.
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1bP[^\x1b]*\x1b\\|\x1b\[[0-9;]*t")
_UNFINISHED = re.compile(rb"\x1b(\[[0-9;?<>=$]*|\][^\x07\x1b]*\x1b?|P[^\x1b]*\x1b?)?\Z")
_FOREIGN = ("NO_COLOR", "COLORTERM", "COLUMNS", "LINES", "TMUX", "LC_ALL", "PYTHONWARNINGS")
"""Variables that describe another terminal, or change what a program prints."""


class Screen:
    """The screen of a terminal of `columns` by `lines`."""

    def __init__(self, columns: int, lines: int) -> None:
        self.emulated = pyte.Screen(columns, lines)
        """All cells with their styles, the cursor and the title."""
        self._stream = pyte.ByteStream(self.emulated)
        self._unfinished = b""

    @property
    def lines(self) -> list[str]:
        """The text of each line, in full width."""
        return list(self.emulated.display)

    def feed(self, data: bytes) -> None:
        """Show more output, wherever it was cut: the begin of a sequence waits for its rest."""
        data = self._unfinished + data
        cut = _UNFINISHED.search(data)
        self._unfinished = b"" if cut is None else data[cut.start() :]
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data if cut is None else data[: cut.start()]))

    def cells(self) -> list[list[tuple[str, str]]]:
        """Return text and style of every cell."""
        styles = ("fg", "bg", "bold", "reverse", "italics", "underscore")
        buffer, columns = self.emulated.buffer, range(self.emulated.columns)
        return [
            [((cell := buffer[y][x]).data, "".join(str(getattr(cell, style)) for style in styles)) for x in columns]
            for y in range(self.emulated.lines)
        ]


def environment(wanted: Mapping[str, str]) -> dict[str, str]:
    """Return ours, without what describes another terminal, with what this one needs, and then `wanted`."""
    ours = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    needed = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "TEXTUAL_DISABLE_KITTY_KEY": "1"}
    return {**ours, **needed, **wanted}
