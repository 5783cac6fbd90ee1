"""A line of little bars for a row of figures. It has no colour, no motion and no memory."""

from collections.abc import Sequence
from math import isfinite

from proximity_tui.widgets.glyphs import Glyphs, glyphs


def sparkline(
    values: Sequence[float | None],
    width: int,
    *,
    low: float = 0.0,
    high: float | None = None,
    signs: Glyphs | None = None,
) -> str:
    """Return the newest `width` of `values` (newest last) as exactly `width` characters, older ones to the left.

    `low` and `high` are the ends of the scale; without `high` it is the largest value shown. None, NaN and places
    before the first value are blank: a gap in what was measured is not a zero (law 7).
    """
    bars = (signs or glyphs()).bars
    window = [
        value if value is not None and isfinite(value) else None for value in values[max(0, len(values) - width) :]
    ]
    top = high if high is not None else max((value for value in window if value is not None), default=low)
    return "".join(" " if value is None else _bar(value, low, top, bars) for value in window).rjust(width)


def _bar(value: float, low: float, high: float, bars: str) -> str:
    if high <= low:
        return bars[0]
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return bars[min(len(bars) - 1, int(share * len(bars)))]
