"""The differences between a record that was known and one that is read."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter

from proximity_tui.core.model import Container

_WHEN_SEEN = frozenset({"observed_at", "identity_seen_at"})
_RECORD = attrgetter(*(one.name for one in fields(Container) if one.name not in _WHEN_SEEN))
"""Everything of a record but when its guest was seen: that changes with every list."""


def differs(known: Container | None, fresh: Container | None) -> bool:
    """Return whether a record is new, gone, or different in more than when its guest was seen."""
    if known is None or fresh is None:
        return known is not fresh
    return known is not fresh and _RECORD(known) != _RECORD(fresh)
