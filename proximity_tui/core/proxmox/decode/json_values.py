"""Readers of foreign JSON: each returns exactly one type, plain text only, or raises `Malformed`.

Proxmox's own types vary (`"1.5"`, `1`, `"100"`), so numbers in text are numbers; anything beyond that is an answer that
cannot be believed. Every string from outside is made plain here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from proximity_tui.core.base.text import plain
from proximity_tui.core.model import Status
from proximity_tui.core.model.guests.guest_config import tags

GUEST_TYPES = ("lxc", "qemu", "openvz")
"""The types of the rows of guests; the last is that of containers in old versions."""

TEXT_LIMIT = 1000
"""Characters kept of any one text. Names end at 255; only messages come near it."""

LONGEST_SPAN = 100 * 365 * 86_400.0
"""Seconds. Nothing that Proxmox tells of has run for a hundred years."""

_LATEST = 7_258_118_400.0
"""Seconds since 1970: the year 2200. Near the end of what a calendar can hold, another time zone is an overflow."""

MOST_CORES = 1_000_000.0

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_LARGEST = 2**63 - 1


class Malformed(Exception):
    """Raised for a value that Proxmox does not send; the text says what and where."""


def as_int(value: object, name: str) -> int:
    """Return a whole number, also one written as text."""
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return value
    raise Malformed(f"{name} is not a whole number")


def as_float(value: object, name: str) -> float:
    """Return a finite number, also one written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Malformed(f"{name} is not a number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise Malformed(f"{name} is not a number") from None
    if not math.isfinite(number):
        raise Malformed(f"{name} is not a number")
    return number


def as_figure(value: object, name: str, most: float = float(_LARGEST)) -> float:
    """Return a measured number, from 0 to `most`. A number beyond is no measurement: Perl writes 1.84467440737096e+19
    when a counter overflows, and a mount of S3 reports 16 EiB.
    """
    number = as_float(value, name)
    if not 0 <= number <= most:
        raise Malformed(f"{name} is out of range")
    return number


def as_bytes(value: object, name: str) -> int:
    """Return an amount of bytes, cut to a whole one."""
    return int(as_figure(value, name))


def as_seconds(value: object, name: str) -> int:
    """Return a span of time in whole seconds, small enough for every clock to add it."""
    return int(as_figure(value, name, LONGEST_SPAN))


def as_load(value: object, name: str) -> float:
    """Return a number of cores, or a share of them."""
    return as_figure(value, name, MOST_CORES)


def as_bool(value: object, name: str) -> bool:
    """Return true or false, also written 1 and 0, as number or text."""
    if value in (0, "0", ""):
        return False
    if value in (1, "1"):
        return True
    raise Malformed(f"{name} is neither 0 nor 1")


def as_text(value: object, name: str, *, limit: int = TEXT_LIMIT) -> str:
    """Return a text, made plain; a number becomes its digits (Proxmox sends a hostname of digits as a number)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Malformed(f"{name} is not a text")
    return plain(value, limit=limit)


def as_contents(value: object, name: str) -> tuple[str, ...]:
    """Return what a storage may hold, sorted: Proxmox writes the same contents in another order each time."""
    return tuple(sorted(filter(None, as_text(value, name).split(","))))


def as_status(value: object, name: str) -> Status:
    """Return the status of a guest; an unknown word is `unknown`, which is never "stopped"."""
    text = as_text(value, name)
    return Status(text) if text in (Status.RUNNING, Status.STOPPED) else Status.UNKNOWN


def as_moment(value: object, name: str) -> datetime:
    """Return a point in time from seconds since 1970."""
    seconds = as_float(value, name)
    if not 0 <= seconds < _LATEST:
        raise Malformed(f"{name} is not a point in time")
    return datetime.fromtimestamp(seconds, UTC)


def as_tags(value: object, name: str) -> tuple[str, ...]:
    """Return tags as Proxmox splits them: at `;`, `,` and blanks."""
    text = value if isinstance(value, str) else as_text(value, name)
    return tuple(plain(tag, limit=TEXT_LIMIT) for tag in tags(text))


def require_dict(value: object, name: str) -> Mapping[str, Any]:
    """Return the value, which must be an object. Raises Malformed with `name` where it is not."""
    if not isinstance(value, dict):
        raise Malformed(f"{name} is not an object")
    return value


def require_list(value: object, name: str) -> list[Any]:
    """Return the value, which must be a list. Raises Malformed with `name` where it is not."""
    if not isinstance(value, list):
        raise Malformed(f"{name} is not a list")
    return value


def require_list_of_dicts(value: object, name: str) -> list[Mapping[str, Any]]:
    """Return a list of objects, for answers that only make sense as a whole: one entry of another type spoils it all.
    Where each row stands alone, `rows.read_rows` reads it.
    """
    return [require_dict(item, f"an entry of {name}") for item in require_list(value, name)]


def plain_tree(value: object, depth: int = 8) -> Any:
    """Return a whole answer with every text and every key in it made plain. Raises `Malformed` for
    too deep an answer.
    """
    if depth == 0:
        raise Malformed("it is nested too deeply")
    if isinstance(value, str):
        return plain(value, limit=8 * TEXT_LIMIT)
    if isinstance(value, dict):
        return {plain(str(key), limit=TEXT_LIMIT): plain_tree(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_tree(item, depth - 1) for item in value]
    return value
