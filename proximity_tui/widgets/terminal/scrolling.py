"""The search for lines that stand on the terminal already, only higher or lower: those can be moved, not written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from proximity_tui.widgets.terminal.screen_lines import BLANK, CellLine, count_differences

FEWEST = 4
"""Fewer lines that are found elsewhere are coincidence."""
WORTH = 60
"""Cells that a scroll must save: it costs bytes itself."""


class Scroll(NamedTuple):
    """The lines from `top` to `bottom` go up by `lines`, or down where that is negative."""

    top: int
    bottom: int
    lines: int

    def applied(self, lines: Sequence[CellLine]) -> list[CellLine]:
        """Return the lines after the scroll; those that come in are blank."""
        width = len(lines[0].cells)
        region = list(lines[self.top : self.bottom + 1])
        blank = [CellLine.of(BLANK, width) for _ in range(abs(self.lines))]
        moved = [*region[self.lines :], *blank] if self.lines > 0 else [*blank, *region[: self.lines]]
        return [*lines[: self.top], *moved, *lines[self.bottom + 1 :]]


def find_scroll(wanted: Sequence[CellLine], shown: Sequence[CellLine], changed: Collection[int]) -> Scroll | None:
    """Return the scroll of `shown` after which the fewest cells differ from `wanted`; None when none is worth it."""
    if len(changed) < FEWEST:
        return None
    places = _places(shown)
    moves = Counter[int]()
    found: dict[int, list[int]] = {}
    for y in changed:
        place = places.get(_key(wanted[y]))
        if place is not None and place != y:
            moves[place - y] += 1
            found.setdefault(place - y, []).append(y)
    if not moves:
        return None
    lines, count = moves.most_common(1)[0]
    if count < FEWEST:
        return None
    first, last = min(found[lines]), max(found[lines])
    scroll = Scroll(first, last + lines, lines) if lines > 0 else Scroll(first + lines, last, lines)
    return scroll if _saving(scroll, wanted, shown) >= WORTH else None


def _places(lines: Sequence[CellLine]) -> dict[str, int | None]:
    """Return where each line stands; None for one that stands there several times, as blank ones do."""
    places: dict[str, int | None] = {}
    for y, line in enumerate(lines):
        key = _key(line)
        places[key] = None if key in places else y
    return places


def _key(line: CellLine) -> str:
    # The last column may be a scroll bar, which stays where it is.
    return "".join(line.cells[:-1])


def _saving(scroll: Scroll, wanted: Sequence[CellLine], shown: Sequence[CellLine]) -> int:
    region = slice(scroll.top, scroll.bottom + 1)
    before = count_differences(wanted[region], shown[region])
    return before - count_differences(wanted[region], scroll.applied(shown)[region])
