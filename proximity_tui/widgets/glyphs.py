"""The signs that stand beside words, in Unicode and in plain ASCII, and a line of little bars made of them."""

import locale
import os
from collections.abc import Mapping, Sequence
from functools import cache
from math import isfinite

from proximity_tui.core.base.text import display_width
from proximity_tui.core.base.value_object import value_object

BAR = 10
"""Cells of the bar that shows a share."""

CHART = 20
"""Cells of the bars of a chart."""


@value_object
class Glyphs:
    """One set of signs. Each is one cell wide, and none is ever the only carrier of a meaning."""

    on: str
    """running, healthy, reachable"""
    off: str
    """stopped, unreachable"""
    half: str
    """between two states"""
    unknown: str
    warning: str
    failed: str
    mark: str
    """a marked row"""
    ascending: str
    descending: str
    more: str
    """text goes on, but there is no room"""
    nothing: str
    """there is no value"""
    leads_to: str
    bars: str
    """eight heights for a sparkline, lowest first"""
    bar: str
    """between two parts of a line"""
    filled: str
    """a part of a horizontal bar that is in use"""
    unfilled: str
    frame: str
    """the border of a dialog, as CSS calls it"""


UNICODE = Glyphs(
    on="●",
    off="○",
    half="◐",
    unknown="?",
    warning="▲",
    failed="✖",
    mark="✓",
    ascending="↑",
    descending="↓",
    more="…",
    nothing="–",
    leads_to="→",
    bars="▁▂▃▄▅▆▇█",
    bar="│",
    filled="━",
    unfilled="─",
    frame="round",
)

ASCII = Glyphs(
    on="*",
    off="o",
    half="~",
    unknown="?",
    warning="!",
    failed="x",
    mark="+",
    ascending="^",
    descending="v",
    more="~",
    nothing="-",
    leads_to=">",
    bars="_.,-=+*#",
    bar="|",
    filled="#",
    unfilled=".",
    frame="ascii",
)


def glyphs_for(encoding: str, environ: Mapping[str, str]) -> Glyphs:
    """Return the set that a terminal with this locale encoding and environment can show.

    The Linux console (TERM=linux, the physical screen of a host) speaks UTF-8 but its fonts lack these signs.
    """
    utf8 = encoding.lower().replace("-", "").replace("_", "") == "utf8"
    return UNICODE if utf8 and environ.get("TERM") != "linux" else ASCII


_REPLACED = {
    **dict(zip("●○◐▲✖✓↑↓…–→│━─", "*o~!x+^v~->|#-", strict=True)),
    **dict(zip("←—·└├┌┐┘╭╮╰╯▌", "<-.`+++'+++'|", strict=True)),
    **dict.fromkeys("▁▂▃▄▅▆▇█▉▊▋▍▎▏▀▐", " "),
}
"""What stands for a sign that was written without asking which ones the terminal has, as those of Textual; the ends of
a scrollbar are blank."""


def replacements(encoding: str, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return what to draw instead, by the signs that a terminal with this encoding and environment cannot show."""
    return _REPLACED if glyphs_for(encoding, environ) is ASCII else {}


@cache
def glyphs() -> Glyphs:
    """Return the set for the terminal of this process."""
    return glyphs_for(locale.getencoding(), os.environ)


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


def bar(share: float, width: int = BAR, signs: Glyphs | None = None) -> str:
    """Return a bar of `width` cells; anything above nothing fills at least one, and only all of it fills the last."""
    found = signs or glyphs()
    filled = min(width, max(0, int(share * width)))
    return found.filled * max(filled, share > 0) + found.unfilled * (width - max(filled, share > 0))


def with_bars(lines: Sequence[tuple[str, float | None]]) -> list[str]:
    """Return texts, each followed by a bar of its share where it has one; the bars stand below each other."""
    column = max((display_width(text) for text, share in lines if share is not None), default=0)
    return [
        text if share is None else f"{text}{' ' * (column - display_width(text))}  {bar(share, CHART)}"
        for text, share in lines
    ]


def _bar(value: float, low: float, high: float, bars: str) -> str:
    if high <= low:
        return bars[0]
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return bars[min(len(bars) - 1, int(share * len(bars)))]
