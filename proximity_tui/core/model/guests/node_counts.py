"""How many guests are on each node, by status: counted once, then followed from list to list by what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from operator import attrgetter

NodeCounts = Counter[tuple[str, str]]
"""By node and by the word for a status."""

_SORT = attrgetter("node", "status")


def counted(rows: Iterable[object]) -> NodeCounts:
    """Return the counts of these rows or guests."""
    return NodeCounts(map(_SORT, rows))


def followed(
    known: NodeCounts | None, before: Mapping[int, object], rows: Mapping[int, object], differing: Collection[int]
) -> NodeCounts | None:
    """Return the counts of a list, of which all but `differing` says what the list before said, from the counts that
    are `known` of that one; None where it was not counted.
    """
    if known is None:
        return None
    found = known.copy()
    found.subtract(_SORT(before[vmid]) for vmid in differing if vmid in before)
    found.update(_SORT(rows[vmid]) for vmid in differing if vmid in rows)
    return found
