"""The guests of a list by the nodes that they are listed on. It reads rows as they are, and makes no guest of any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from proximity_tui.core.model.guests.guest import Guest, Status
from proximity_tui.core.model.guests.guest_list import GuestList, rows_of
from proximity_tui.core.model.guests.node_counts import counted


def count_by_node(guests: Mapping[int, Guest]) -> Counter[tuple[str, Status]]:
    """Return how many guests of each status are listed on each node. Neither guests nor facts are made for it: a row
    has its node as it is, and one of the words for its status. A list keeps what was counted, and the one that follows
    it counts only what differs.
    """
    if not isinstance(guests, GuestList):
        counts = counted(guests.values())
    else:
        counts = guests.node_counts or counted(guests.rows.values())
        guests.node_counts = counts
    found = Counter[tuple[str, Status]]()
    for (node, status), count in counts.items():
        if count:
            found[node, Status(status)] += count
    return found


def guests_on(guests: Mapping[int, Guest], nodes: Collection[str]) -> list[int]:
    """Return the VMIDs of the guests that are listed on these nodes. No guest is made for it."""
    return [vmid for vmid, row in rows_of(guests).items() if row.node in nodes]


def count_in_ha(guests: Mapping[int, Guest], node: str) -> int:
    """Return how many guests that are listed on a node HA manages. No guest is made for it."""
    return sum(1 for row in rows_of(guests).values() if row.node == node and row.hastate is not None)
