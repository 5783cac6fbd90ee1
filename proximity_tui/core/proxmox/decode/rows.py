"""The one rule for reading the rows of an answer (laws 2 and 9).

A row without a required field, or with an unreadable field that decisions rest on, is set aside by itself, with the
reason and the raw row. Any other field that cannot be read, or is out of range, is unknown. Neither affects any other
row. The meaning of a row that was set aside is decided by the reader of that list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from proximity_tui.core.base.secret import masked, masked_text
from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import BadRow
from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.decode.json_values import Malformed, require_dict

K = TypeVar("K")
T = TypeVar("T")

RAW_LIMIT = 600
"""Characters kept of what was sent: enough to find it again at the source."""

MOST_KEPT = 50
"""How many rows that were set aside, and notes, are kept of one answer."""

_NAMES = ("vmid", "storage", "volid", "upid", "filename", "node")
"""The fields that name a row, the most telling first."""

_TEXT_LOOKED_AT, _TEXT_KEPT, _ITEMS_KEPT, _DEPTH_KEPT = 4000, 120, 30, 3


class Fields:
    """The fields of one row. `unknown` names those that could not be read and are therefore None."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row
        self.unknown: list[str] = []

    def required(self, key: str, read: Callable[[object, str], T]) -> T:
        """Return the value of a field without which there is no row. Raises Malformed where it is missing or cannot be
        read.
        """
        return read(self.row.get(key), key)

    def decisive(self, key: str, read: Callable[[object, str], T]) -> T | None:
        """Return the value of a field that may be missing, and that decisions rest on. Raises Malformed where it cannot
        be read.
        """
        return None if self.row.get(key) is None else read(self.row[key], key)

    def optional(self, key: str, read: Callable[[object, str], T]) -> T | None:
        """Return the value of a field; None where it is missing, and where it cannot be read, which is noted."""
        try:
            return self.decisive(key, read)
        except Malformed as error:
            self.unknown.append(str(error))
            return None


@value_object
class Rows(Generic[T]):
    """The readable rows of a list, the rows set aside, and the unknown fields."""

    good: tuple[T, ...]
    bad: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = ()


def read_rows(rows: Iterable[object], where: str, read: Callable[[Fields], T]) -> Rows[T]:
    """Return every row, read by itself. `where` names the list in words."""
    good: list[T] = []
    bad: list[BadRow] = []
    notes: list[str] = []
    for row in rows:
        try:
            fields = Fields(require_dict(row, "it"))
            good.append(read(fields))
            if len(notes) < MOST_KEPT:
                notes += notes_on(fields, where)
        except (Malformed, RecursionError) as error:
            if len(bad) < MOST_KEPT:
                bad.append(bad_row(where, why_not(error), row))
    return Rows(tuple(good), tuple(bad), tuple(notes))


def kept(before: Mapping[K, T], key: K, fresh: T) -> T:
    """Return what was known under the key where it is the same, so that whoever looks finds no change."""
    known = before.get(key)
    return known if known is not None and known == fresh else fresh


def notes_on(fields: Fields, where: str) -> list[str]:
    """Return the notes about the unknown fields of a row that could be read, with the name of the row."""
    return [f"{where}: {_called(fields.row)}: {what}, so it is unknown" for what in fields.unknown]


def why_not(error: Malformed | RecursionError) -> str:
    """Return the reason why a row could not be read."""
    return str(error) if isinstance(error, Malformed) else "it is nested too deeply"


def bad_row(where: str, why: str, row: object, vmid: int | None = None) -> BadRow:
    """Return a row that is set aside, with what was sent."""
    return BadRow(where, plain(why, limit=RAW_LIMIT), raw_excerpt(row), vmid)


def from_each(sources: Iterable[str], read: Callable[[str], Iterable[T]], gaps: list[str] | None = None) -> Iterator[T]:
    """Yield the values of every source. A failing source hides no other: it is named in `gaps`. Without `gaps` its
    error is raised, for a caller that cannot use a part; so is the error of a guest that is gone and of a cluster that
    no longer answers, where no other source would tell more.
    """
    for source in sources:
        try:
            yield from read(source)
        except (errors.GuestNotFound, errors.Unreachable):
            raise
        except errors.ProxmoxError as error:
            if gaps is None:
                raise
            gaps.append(f"{source}: {error.sentence}")


def raw_excerpt(value: object) -> str:
    """Return what was sent, as one plain short line without secrets."""
    text = json.dumps(masked(_shortened(value, _DEPTH_KEPT)), ensure_ascii=False, default=repr)
    return plain(text, limit=RAW_LIMIT)


def body_excerpt(body: bytes) -> str:
    """Return the beginning of an answer that is no JSON, as one plain line without secrets."""
    text = " ".join(body[:_TEXT_LOOKED_AT].decode("utf-8", "replace").split())
    return plain(masked_text(text), limit=RAW_LIMIT)


def _called(row: Mapping[str, Any]) -> str:
    names = ((key, row.get(key)) for key in _NAMES)
    return next((f"{key} {plain(str(name), limit=80)}" for key, name in names if isinstance(name, int | str)), "a row")


def _shortened(value: object, depth: int) -> object:
    # Secrets go before anything is cut: half a secret would not be known for one.
    if isinstance(value, str):
        text = masked_text(value[:_TEXT_LOOKED_AT])
        return text if len(text) <= _TEXT_KEPT else text[: _TEXT_KEPT - 1] + "…"
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 256:
        return "a number of very many digits"
    if isinstance(value, dict):
        if depth == 0:
            return "{…}"
        items = list(value.items())[:_ITEMS_KEPT]
        return {str(_shortened(str(key), 1)): _shortened(item, depth - 1) for key, item in items}
    if isinstance(value, list):
        return [_shortened(item, depth - 1) for item in value[:_ITEMS_KEPT]] if depth else "[…]"
    return value
