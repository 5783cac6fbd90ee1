"""A report in parts, for a terminal of any size: each part has a title, its sum in one line, and its lines."""

from __future__ import annotations

from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object


@value_object
class PartLine:
    """One line of a part."""

    text: str
    tone: Tone = "normal"
    share: float | None = None
    """What a bar behind the text shows, from 0 to 1; None: no bar."""


@value_object
class Part:
    """One part: `summary` says it all in a line, `lines` are the rest, the most urgent first."""

    title: str
    summary: str
    tone: Tone
    lines: tuple[PartLine, ...]
