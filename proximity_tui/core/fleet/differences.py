"""The differences between what was known and what is read that change a row; most lists bring none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from operator import attrgetter

from proximity_tui.core.model import Container, Guest

_FACE = attrgetter("type", "node", "status", "name", "template", "tags", "lock", "pool", "maxcpu", "maxmem")
"""Everything of a guest that its row depends on: the other figures are looked up when they are drawn."""

_SIGHTINGS = frozenset({"observed_at", "identity_seen_at"})
_RECORD = attrgetter(*(one.name for one in fields(Container) if one.name not in _SIGHTINGS))
"""Everything of a record but when its guest was seen: that changes with every list."""


def differs(known: Container | None, fresh: Container | None) -> bool:
    """Return whether a record is new, gone, or different in more than when its guest was seen."""
    if known is None or fresh is None:
        return known is not fresh
    return known is not fresh and _RECORD(known) != _RECORD(fresh)


def differing_guests(before: Mapping[int, Guest], now: Mapping[int, Guest]) -> Iterable[int]:
    """Yield the VMIDs of the guests whose rows differ, are new, or are gone."""
    for vmid, guest in now.items():
        known = before.get(vmid)
        if known is not guest and (known is None or _FACE(known) != _FACE(guest)):
            yield vmid
    yield from before.keys() - now.keys()
