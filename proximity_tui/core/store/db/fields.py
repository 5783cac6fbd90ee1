"""The storage of times and structured values: fixed-width UTC text and JSON text, the same on every database.

Text compares and sorts like the time it stands for, and no database session's time zone can change it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import peewee

from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.base.text import shared as shared_word
from proximity_tui.core.model import Fingerprint, Gap
from proximity_tui.core.store.db.store_errors import StoreError

if TYPE_CHECKING:
    _Time = peewee.Field[datetime]
    _OptionalTime = peewee.Field[datetime | None]
    _Json = peewee.Field[Any]
else:
    # Only peewee's type stubs know fields as generic classes.
    _Time = _OptionalTime = _Json = peewee.Field

_CLOCK = SystemClock()


def now() -> datetime:
    """Return the present time, in UTC, by the clock that every part of the core is given."""
    return _CLOCK.now()


def time_to_text(moment: datetime) -> str:
    """Return the text of a time: `2026-11-23T14:30:00.000000Z`. Raises ValueError for a time without a zone."""
    if moment.utcoffset() is None:
        raise ValueError(f"a time without a zone cannot be stored: {moment.isoformat()}")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


UNREADABLE = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a time that is there and cannot be read: nothing of ours is so old."""


@lru_cache(maxsize=1024)
def time_from_text(text: str) -> datetime:
    """Return the UTC time that `time_to_text` wrote; the same object for a text that was read a moment ago, because
    thousands of records were seen at the same time. One that was written by hand without a zone is UTC, too. Raises
    `StoreError` for any other text.
    """
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise StoreError(f"the database holds a time that cannot be read: {text!r}") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def readable_time(text: str | None) -> datetime | None:
    """Return the time in a cell; None for one that cannot be read, too, so that it hides no other row (law 9)."""
    try:
        return None if text is None else time_from_text(text)
    except StoreError:
        return None


def some_time(text: str | None) -> datetime | None:
    """Return the time in a cell; `UNREADABLE` where one is there and cannot be read."""
    return None if text is None else readable_time(text) or UNREADABLE


def begun(text: str) -> datetime:
    """Return when something began; just now where that cannot be read, as an age counts less in doubt (law 8)."""
    return readable_time(text) or now()


def to_json(value: Any) -> Any:
    """Return `value` as plain JSON data: times as UTC text, enums by value, dataclasses by field, sets sorted.

    A value that JSON cannot hold becomes its repr, because badly written evidence is better than lost evidence.
    """
    match value:
        case Enum():
            return to_json(value.value)
        case Gap():
            # As a sentence, as in every database and event so far.
            return str(value)
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else repr(value)
        case date() | timedelta():
            return _moment_to_json(value)
        case Mapping():
            return {str(to_json(key)): to_json(item) for key, item in value.items()}
        case list() | tuple():
            return [to_json(item) for item in value]
        case Set():
            return sorted((to_json(item) for item in value), key=str)
    if is_dataclass(value) and not isinstance(value, type):
        # What its repr leaves out is too long, or not to be shown: no evidence of it is kept, either.
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value) if field.repr}
    return repr(value)


def _moment_to_json(value: date | timedelta) -> str | float:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return time_to_text(value) if isinstance(value, datetime) else value.isoformat()


def canonical(value: Any) -> str:
    """Return the one JSON text of `value`: sorted keys, no spaces, ASCII. Hashes are made of it."""
    return json.dumps(to_json(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def json_text(value: Any) -> str:
    """Return the JSON text by which a field keeps `value`: in the order of its keys."""
    return json.dumps(to_json(value), separators=(",", ":"))


def value_from_json(text: Any) -> Any:
    """Return the value of a JSON text; None for NULL and for damaged text."""
    if text is None:
        return None
    try:
        # As `json.loads` does for a text without blanks around it, which is how we write one.
        value, end = _scan(text, 0)
    except (TypeError, StopIteration, ValueError):
        return _lenient(text)
    return value if end == len(text) else _lenient(text)


def _lenient(text: Any) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def shared(word: Any) -> Any:
    """Return the word, as the same object wherever it is read: few of the words in many rows differ, and a name stands
    in the record, in the fingerprint and in the clinical record.
    """
    return shared_word(word) if type(word) is str else word


_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]


class TimeField(_Time):
    """A field for a time, kept as fixed-width UTC text; refuses times without a zone."""

    field_type = "TEXT"

    def db_value(self, value: Any) -> str | None:
        """Return the text of an aware datetime."""
        return None if value is None else time_to_text(value)

    def python_value(self, value: Any) -> datetime | None:
        """Return the datetime of a stored text; `UNREADABLE` for one that is no time."""
        return some_time(value)


class OptionalTimeField(_OptionalTime):
    """A field for a time that may be absent; otherwise as `TimeField`."""

    field_type = "TEXT"
    db_value = TimeField.db_value
    python_value = TimeField.python_value

    def __init__(self) -> None:
        super().__init__(null=True)


class JsonField(_Json):
    """A field for a structured value, kept as ASCII JSON text in the order of its keys. None is NULL."""

    field_type = "TEXT"

    def db_value(self, value: Any) -> str | None:
        """Return the JSON text of a value."""
        return None if value is None else json_text(value)

    def python_value(self, value: Any) -> Any:
        """Return the value of a stored JSON text; None for damaged text, so that one bad cell hides no other row."""
        return value_from_json(value)


def fingerprint_in(data: Any) -> Fingerprint | None:
    """Return the fingerprint in a cell; None for one that cannot be read."""
    try:
        if len(data) == len(_EVIDENCE):
            # By position, as all are that we write: thousands of them are read at a start.
            kind, hwaddrs, rootfs, hostname, ostype, arch, unprivileged, marker = _evidence(data)
            return Fingerprint(
                shared(kind),
                frozenset(hwaddrs),
                rootfs,
                shared(hostname),
                shared(ostype),
                shared(arch),
                unprivileged,
                marker,
            )
        words = {name: shared(data[name]) for name in ("type", "ostype", "arch")}
        return Fingerprint(**{**data, **words, "hwaddrs": frozenset(data["hwaddrs"])})
    except (TypeError, KeyError):
        return None


_EVIDENCE = ("type", "hwaddrs", "rootfs", "hostname", "ostype", "arch", "unprivileged", "marker")
_evidence = itemgetter(*_EVIDENCE)
