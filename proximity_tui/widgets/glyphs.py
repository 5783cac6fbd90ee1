"""The signs that stand beside words, in Unicode and in plain ASCII.

It knows what a terminal can show; the screens give the signs their meaning.
"""

import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
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
    frame="ascii",
)


def glyphs_for(encoding: str, environ: Mapping[str, str]) -> Glyphs:
    """Return the set that a terminal with this locale encoding and environment can show.

    The Linux console (TERM=linux, the physical screen of a host) speaks UTF-8 but its fonts lack these signs.
    """
    utf8 = encoding.lower().replace("-", "").replace("_", "") == "utf8"
    return UNICODE if utf8 and environ.get("TERM") != "linux" else ASCII


@cache
def glyphs() -> Glyphs:
    """Return the set for the terminal of this process."""
    return glyphs_for(locale.getencoding(), os.environ)
