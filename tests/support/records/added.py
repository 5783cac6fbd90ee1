"""A record as a test tells of it: fields of the record, of what was seen of its guest, and of its event, mixed."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from proximity_tui.core.model import Container
from proximity_tui.core.store.records import records

_OF_SEEN = frozenset(one.name for one in fields(records.FirstSeen))
_OF_RECORD = frozenset(one.name for one in fields(records.NewRecord))


def add_record(**given: Any) -> Container:
    """Add a record with its event to the open store, and return it."""
    seen = {name: value for name, value in given.items() if name in _OF_SEEN}
    record = {name: value for name, value in given.items() if name in _OF_RECORD}
    event = {name: value for name, value in given.items() if name not in _OF_SEEN | _OF_RECORD}
    return records.add(records.NewRecord(**record, seen=records.FirstSeen(**seen)), **event)
