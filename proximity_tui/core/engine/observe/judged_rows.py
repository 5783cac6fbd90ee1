"""The memory of what the rows of a list meant for the records, so that a row that says the same is not judged again.

It judges nothing itself, and is used by one thread.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.doctrine.observation.as_recorded import same_row, still_holds
from proximity_tui.core.doctrine.observation.match_row import Seen
from proximity_tui.core.model import Container, Guest, Inventory, NodeStatus
from proximity_tui.core.model.guests.guest_list import differing_guests

COMPARE_EVERY = 300.0
"""Seconds after which every row is judged again, although nothing in it has changed."""


class JudgedRows:
    """The rows of the last list of one cluster, and the records that they said nothing new of."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guests: Mapping[int, Guest] = {}
        """The rows of the list that was judged last."""
        self._settled: dict[int, Container] = {}
        """The records of which the rows in `_guests` say nothing new (`says_nothing_new`, `still_holds`)."""
        self._read: dict[int, Guest] = {}
        """By record, the row that its config was last read for."""
        self._compared_at: float | None = None
        self._nodes: Mapping[str, NodeStatus] = {}

    def expect(self, inventory: Inventory) -> None:
        """Forget what was judged, after a while and when a node comes or goes: then every row is judged again."""
        now, nodes = self._clock.monotonic(), inventory.node_statuses
        if self._compared_at is None or now - self._compared_at >= COMPARE_EVERY or nodes != self._nodes:
            self._settled, self._compared_at, self._nodes = {}, now, nodes

    def unsettled(self, containers: Iterable[Container], inventory: Inventory) -> list[Container]:
        """Return the containers whose rows do not say what they said when they were judged, or that are not what they
        were then.
        """
        differing, settled = differing_guests(self._guests, inventory.guests), self._settled
        return [one for one in containers if settled.get(one.id) is not one or one.vmid in differing]

    def is_unchanged(self, container: Container, inventory: Inventory) -> bool:
        """Return whether the row is unchanged since its config was last read: there would be nothing new to read."""
        known, guest = self._read.get(container.id), inventory.guests.get(container.vmid or 0)
        unchanged = known is not None and guest is not None and same_row(guest, known)
        return unchanged and container.identity_due_since is None

    def replace(self, inventory: Inventory, due: Iterable[Container], alike: Iterable[Container]) -> None:
        """Take over the rows of a list that is written down: it settles those that are `alike`, and all but the `due`
        as the one before did.
        """
        self._settled.update((one.id, one) for one in alike)
        for container in due:
            self._settled.pop(container.id, None)
        self._guests = inventory.guests

    def learn(self, judged: Iterable[Seen], inventory: Inventory, read: Collection[int]) -> None:
        """Remember what these rows meant, and for which of the records a config was read."""
        for one in judged:
            if still_holds(one, inventory):
                self._settled[one.container.id] = one.container
            if one.guest is not None and one.container.id in read:
                self._read[one.container.id] = one.guest
