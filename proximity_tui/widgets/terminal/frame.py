"""A frame: what Textual writes to paint a part of the screen, read back as cells.

A frame is made of moves of the cursor, colours and text, and of nothing else. What else Textual writes, as modes and
the bell, is no frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size

TAIL = ""
"""The second cell of a wide character."""


class Run(NamedTuple):
    """Cells side by side in one style, from column `x` of line `y` on."""

    y: int
    x: int
    style: str
    cells: Sequence[str]


class WrittenFrame(NamedTuple):
    """The painted cells, and where the cursor is left: line and column, from zero."""

    runs: Sequence[Run]
    cursor: tuple[int, int]


def is_frame(data: str) -> bool:
    """Return whether `data` is a frame as far as its beginning tells."""
    return _BEGINNING.match(data) is not None


def read_frame(data: str) -> WrittenFrame | None:
    """Return the frame that `data` is; None when it holds anything that a frame does not hold."""
    y = x = at = 0
    style = ""
    runs: list[Run] = []
    for token in _TOKENS.finditer(data):
        if token.start() != at:
            return None
        at = token.end()
        line, column, parameters, text = token.groups()
        if text is not None:
            cells = cells_of(text)
            runs.append(Run(y, x, style, cells))
            x += len(cells)
        elif parameters is not None:
            style = "" if parameters == "0" else parameters
        elif line is not None:
            y, x = int(line) - 1, int(column) - 1
    return WrittenFrame(runs, (y, x)) if at == len(data) else None


def cells_of(text: str) -> Sequence[str]:
    """Return one string for each cell that `text` takes: a character with its combining marks, or `TAIL`."""
    return text if text.isascii() else _cells(text)


def is_fragile(cell: str) -> bool:
    """Return whether terminals disagree about how far the cursor goes with this cell."""
    return len(cell) != 1 or get_character_cell_size(cell) != 1


@lru_cache(maxsize=4096)
def _cells(text: str) -> tuple[str, ...]:
    plain = all(get_character_cell_size(character) == 1 for character in set(text))
    return tuple(text if plain else _split(text))


def _split(text: str) -> Iterator[str]:
    cluster = ""
    for character in text:
        if cluster and get_character_cell_size(character) == 0:
            cluster += character
        else:
            yield from _placed(cluster)
            cluster = character
    yield from _placed(cluster)


def _placed(cluster: str) -> Iterator[str]:
    if cluster and (width := cell_len(cluster)):
        yield cluster
        yield from [TAIL] * (width - 1)


_BEGINNING = re.compile(r"\n*\x1b\[\d+;\d+H")
_TOKENS = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|([^\x00-\x1f\x7f]+)|\n")
