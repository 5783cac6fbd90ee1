"""A report in parts, for a terminal of any size: each part has a title, its sum in one line, and its lines."""

from __future__ import annotations

from typing import Literal

from proximity_tui.core.base.value_object import value_object

Weight = Literal["bad", "warn", "normal", "dim"]


@value_object
class PartLine:
    """One line of a part."""

    text: str
    weight: Weight = "normal"


@value_object
class Part:
    """One part: `summary` says it all in a line, `lines` are the rest, in order of weight."""

    title: str
    summary: str
    weight: Weight
    lines: tuple[PartLine, ...]
