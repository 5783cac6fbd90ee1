"""The one rule by which rows of an answer are read (laws 2 and 9).

A row without a field that it must have, or with one that decisions rest on and that cannot be read, is set aside by
itself, with the reason and what was sent. Any other field that cannot be read, or is out of range, is unknown. Neither
costs any other row. What a row that was set aside means for a list is for the reader of that list to say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from proximity_tui.core.base.redaction import masked, masked_text
from proximity_tui.core.base.text import plain
from proximity_tui.core.model import BadRow
from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.decode.values import Malformed, require_dict

T = TypeVar("T")

RAW_LIMIT = 600
"""Characters kept of what was sent: enough to find it again at the source."""

MOST_KEPT = 50
"""How many rows that were set aside, and notes, are kept of one answer."""

_NAMES = ("vmid", "storage", "volid", "upid", "filename", "node")
"""The fields that name a row, the most telling first."""

_TEXT_LOOKED_AT, _TEXT_KEPT, _ITEMS_KEPT, _DEPTH_KEPT = 4000, 120, 30, 3


class Fields:
    """The fields of one row. `unknown` names those that could not be read and are None for that."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row
        self.unknown: list[str] = []

    def required(self, key: str, read: Callable[[object, str], T]) -> T:
        """The value of a field without which there is no row. Malformed where it is missing or cannot be read."""
        return read(self.row.get(key), key)

    def decisive(self, key: str, read: Callable[[object, str], T]) -> T | None:
        """The value of a field that may be missing, and that decisions rest on. Malformed where it cannot be read."""
        return None if self.row.get(key) is None else read(self.row[key], key)

    def optional(self, key: str, read: Callable[[object, str], T]) -> T | None:
        """The value of a field; None where it is missing, and where it cannot be read, which is noted."""
        try:
            return self.decisive(key, read)
        except Malformed as error:
            self.unknown.append(str(error))
            return None


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """What could be read of a list of rows, which rows were set aside, and which fields are unknown."""

    good: tuple[T, ...]
    bad: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = ()


def read_rows(rows: Iterable[object], where: str, read: Callable[[Fields], T]) -> Rows[T]:
    """Every row by itself. `where` says in words of which list they are."""
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


def notes_on(fields: Fields, where: str) -> list[str]:
    """What is unknown of a row that could be read, and which row that is."""
    return [f"{where}: {_called(fields.row)}: {what}, so it is unknown" for what in fields.unknown]


def why_not(error: Malformed | RecursionError) -> str:
    """Why a row could not be read."""
    return str(error) if isinstance(error, Malformed) else "it is nested too deeply"


def bad_row(where: str, why: str, row: object, vmid: int | None = None) -> BadRow:
    """A row that is set aside, with what was sent."""
    return BadRow(where, plain(why, limit=RAW_LIMIT), raw_excerpt(row), vmid)


def from_each(sources: Iterable[str], read: Callable[[str], Iterable[T]], gaps: list[str] | None = None) -> Iterator[T]:
    """What every source says. One that fails hides nothing that the others say: it is named in `gaps`. Without `gaps`
    its error is raised, for whom a part is no answer; so is that of a guest that is gone and of a cluster that no
    longer answers, where no other source would say more."""
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
    """What was sent, as one plain line without secrets that is never long."""
    text = json.dumps(masked(_shortened(value, _DEPTH_KEPT)), ensure_ascii=False, default=repr)
    return plain(text, limit=RAW_LIMIT)


def body_excerpt(body: bytes) -> str:
    """The beginning of an answer that is no JSON, as one plain line without secrets."""
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
