"""The colours and attributes of a cell, as the parameters of SGR (`1;38;5;203`), and the shortest change between two.

Parameters that are not known are not understood either: they are set from the beginning, which is always right.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

DEFAULT = ""
"""The parameters of a cell that has no colours or attributes of its own."""

_OFF = {"1": "22", "2": "22", "4": "24", "7": "27"}
"""What takes one attribute away on every terminal; the others take a reset."""
_MARKS_BLANKS = frozenset({"4", "7", "9", "21", "51", "52", "53"})
"""The attributes that are seen on a blank, too."""


class Sgr(NamedTuple):
    """The meaning of parameters of SGR; "" is the colour of the terminal."""

    attributes: frozenset[str]
    foreground: str
    background: str


@lru_cache(maxsize=4096)
def parse(parameters: str) -> Sgr | None:
    """Return what the parameters mean after a reset, or None when one of them is not known."""
    attributes: set[str] = set()
    foreground = background = ""
    codes = iter(parameters.split(";")) if parameters else iter(())
    for code in codes:
        if code in ("38", "48"):
            color = _extended(code, codes)
            if color is None:
                return None
            foreground, background = (color, background) if code == "38" else (foreground, color)
        elif code in _FOREGROUNDS:
            foreground = code
        elif code in _BACKGROUNDS:
            background = code
        elif code in _ATTRIBUTES:
            attributes.add(code)
        elif code not in ("39", "49"):
            return None
    return Sgr(frozenset(attributes), foreground, background)


@lru_cache(maxsize=4096)
def change(before: str, after: str) -> str:
    """Return the shortest sequence that leads from the parameters `before` to `after`."""
    if before == after:
        return ""
    if not before or not after:
        return f"\x1b[{after}m"
    whole = f"\x1b[0;{after}m"
    old, new = parse(before), parse(after)
    if old is None or new is None:
        return whole
    codes = _difference(old, new)
    return whole if codes is None else min(f"\x1b[{';'.join(codes)}m", whole, key=len)


@lru_cache(maxsize=4096)
def is_plain_blank(parameters: str, erases_in_color: bool) -> bool:
    """Return whether a blank in this style is what erasing leaves; `erases_in_color` is the terminal's way to erase."""
    style = parse(parameters)
    if style is None or style.attributes & _MARKS_BLANKS:
        return False
    return erases_in_color or not style.background


@lru_cache(maxsize=4096)
def alike_on_blanks(one: str, other: str) -> bool:
    """Return whether a blank looks the same in both styles: of all colours only the background is seen on it."""
    if one == other:
        return True
    first, second = parse(one), parse(other)
    if first is None or second is None or (first.attributes | second.attributes) & _MARKS_BLANKS:
        return False
    return first.background == second.background


def _extended(code: str, codes: Iterator[str]) -> str | None:
    """Return a colour of 256 or of 24 bits with the rest of its parameters; None when it is neither."""
    kind = next(codes, "")
    rest = [next(codes, "") for _ in range({"5": 1, "2": 3}.get(kind, 0))]
    return ";".join([code, kind, *rest]) if rest and all(rest) else None


def _difference(old: Sgr, new: Sgr) -> list[str] | None:
    """Return the parameters that lead from one style to another; None when only a reset does."""
    gone = old.attributes - new.attributes
    if not gone <= _OFF.keys():
        return None
    off = {_OFF[attribute] for attribute in gone}
    # Bold and dim are taken away together.
    again = new.attributes & {"1", "2"} if "22" in off else frozenset[str]()
    codes = [*sorted(off), *sorted((new.attributes - old.attributes) | again)]
    if old.foreground != new.foreground:
        codes.append(new.foreground or "39")
    if old.background != new.background:
        codes.append(new.background or "49")
    return codes or None


_FOREGROUNDS = frozenset(str(code) for code in (*range(30, 38), *range(90, 98)))
_BACKGROUNDS = frozenset(str(code) for code in (*range(40, 48), *range(100, 108)))
_ATTRIBUTES = frozenset({*(str(code) for code in range(1, 10)), "21", "51", "52", "53"})
