"""Numbers, sizes, shares and spans of time in a filter: `mem:>1G`, `disk:>90%`, `uptime:<1h`, `vmid:100-120`.

Pure: it knows what a key counts, not which list has it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from proximity_tui.core.base.value_object import value_object


class Unit(StrEnum):
    """What a field counts."""

    COUNT = "a number"
    PERCENT = "percent"
    SIZE = "bytes"
    TIME = "a span of time"


UNITS: Mapping[str, Unit] = {
    "age": Unit.TIME,
    "count": Unit.COUNT,
    "cpu": Unit.PERCENT,
    "disk": Unit.SIZE,
    "drift": Unit.COUNT,
    "guests": Unit.COUNT,
    "managed": Unit.COUNT,
    "mem": Unit.SIZE,
    "port": Unit.COUNT,
    "seq": Unit.COUNT,
    "uptime": Unit.TIME,
    "used": Unit.PERCENT,
    "vmid": Unit.COUNT,
}
"""What the keys of all lists count; the values of every other key are text."""

WRITTEN_AS_TEXT = frozenset({"vmid", "port"})
"""Keys whose values are numbers and text: `vmid:10*` is possible, too."""

FORMS: Mapping[Unit, str] = {
    Unit.COUNT: "{key}:100-120, {key}:>100 or {key}:<200",
    Unit.PERCENT: "{key}:>80, {key}:<5 or {key}:10-50",
    Unit.SIZE: "{key}:>1G, {key}:<512M, {key}:1G-2G or {key}:>90%",
    Unit.TIME: "{key}:<1h, {key}:>2d or {key}:30m-1h30m",
}
"""How a condition of each unit is written."""


@value_object
class Amount:
    """A figure of a row: in percent, bytes, seconds or a bare number; `share` is its percentage of its limit."""

    number: float
    share: float | None = None


class BadQuantity(ValueError):
    """Raised for a condition that cannot be understood; its text says how it is written."""


def is_compared(key: str, value: str) -> bool:
    """Return whether `value` is a condition on a number rather than the text of one."""
    if key not in UNITS:
        return False
    return key not in WRITTEN_AS_TEXT or value[:1] in "<>=" or bool(re.match(r"\d+-", value))


def comparison(key: str, value: str) -> Callable[[str | Amount], bool]:
    """Return what tells whether an amount, or the text of a number, meets one of the conditions in `value`, which
    commas separate. Raises BadQuantity.
    """
    conditions = [_condition(key, one) for one in value.split(",")]
    return lambda found: any(condition(found) for condition in conditions)


def _condition(key: str, text: str) -> Callable[[str | Amount], bool]:
    sign, number, upper = _parts(key, text)
    low, of_share = _number(key, text, number)
    if upper is not None:
        high, high_of_share = _number(key, text, upper)
        if high < low or of_share != high_of_share:
            raise _bad(key, text)
        return lambda found: (one := _read(found, of_share)) is not None and low <= one <= high
    compare = _SIGNS[sign]
    return lambda found: (one := _read(found, of_share)) is not None and compare(one, low)


def _parts(key: str, text: str) -> tuple[str, str, str | None]:
    """Return the sign, the number, and where it is a range the upper end."""
    compared = re.fullmatch(r"(<=|>=|<|>|=)([^-]+)", text)
    if compared:
        return compared[1], compared[2], None
    low, dash, high = text.partition("-")
    if dash and low and high:
        return "", low, high
    if key in WRITTEN_AS_TEXT and text.isdecimal():
        return "=", text, None
    raise _bad(key, text)


def _number(key: str, text: str, written: str) -> tuple[float, bool]:
    """Return the number in the unit of the key, and whether it is a share in percent."""
    unit = UNITS[key]
    if unit is Unit.TIME:
        return _seconds(key, text, written), False
    found = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)(%|[bkmgtp]?(?:i?b)?)", written.casefold())
    if found is None:
        raise _bad(key, text)
    number, ending = float(found[1]), found[2]
    if ending == "%" and unit in (Unit.PERCENT, Unit.SIZE):
        return number, unit is Unit.SIZE
    if unit is Unit.SIZE:
        return number * 1024 ** "bkmgtp".index(ending[:1] or "b"), False
    if ending:
        raise _bad(key, text)
    return number, False


def _seconds(key: str, text: str, written: str) -> float:
    if not re.fullmatch(r"(\d+(\.\d+)?[smhdw])+", written.casefold()):
        raise _bad(key, text)
    return sum(float(number) * _SECONDS[unit] for number, unit in re.findall(r"([\d.]+)([smhdw])", written.casefold()))


def _read(found: str | Amount, of_share: bool) -> float | None:
    if isinstance(found, str):
        return float(found) if found.isdecimal() else None
    return found.share if of_share else found.number


def _bad(key: str, text: str) -> BadQuantity:
    form = FORMS[UNITS[key]].format(key=key)
    return BadQuantity(f"{key}:{text} is not understood: {key} is compared with {UNITS[key].value}. Write {form}.")


_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
