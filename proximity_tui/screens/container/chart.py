"""The drawing of a chart: rows of bars above each other, with the ends of its scale beside them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from proximity_tui.screens.text.lines import TextLine
from proximity_tui.widgets.glyphs import Glyphs, glyphs

SCALE = 14
"""Cells of the scale on the left, the line beside it included."""
NARROW, WIDE = 8, 180
HIGH, LOW = 45, 30
"""Lines of a screen from which a chart has four rows, and below which it has two."""


def room_of(width: int) -> int:
    """Return the cells of a chart on a page of this width."""
    return max(NARROW, min(WIDE, width - SCALE - 4))


def rows_of(height: int) -> int:
    """Return the rows of a chart on a page of this height."""
    return 2 if height < LOW else 4 if height >= HIGH else 3


def chart(
    values: Sequence[float | None], top: float, rows: int, label: str, signs: Glyphs | None = None
) -> list[TextLine]:
    """Return `rows` lines of bars on a scale from 0 to `top`, called `label`. A gap is blank; the lowest bar stands for
    a zero, too.
    """
    found = signs or glyphs()
    steps = len(found.bars)
    heights = [None if value is None else _height(value, top, rows * steps) for value in values]
    lines: list[TextLine] = []
    for row in range(rows - 1, -1, -1):
        cells = "".join(_cell(height, row, found.bars) for height in heights)
        end = label if row == rows - 1 else "0" if row == 0 else ""
        lines.append([(f"{end:>{SCALE - 2}} {found.bar}", "dim"), (cells, "accent")])
    return lines


def _height(value: float, top: float, steps: int) -> int:
    """Return the height in eighths of a row: 1 at least, so that a zero is no gap."""
    share = min(1.0, max(0.0, value / top)) if top > 0 else 0.0
    return max(1, round(share * steps))


def _cell(height: int | None, row: int, bars: str) -> str:
    filled = 0 if height is None else min(len(bars), height - row * len(bars))
    return bars[filled - 1] if filled > 0 else " "
