"""The snapshots of a container, and the plans to take one, to delete one and to roll back to one. It writes nothing."""

from __future__ import annotations

from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.operations.planner import Planner
from proximity_tui.core.model import Container, GuestSnapshots, Refusal


class SnapshotPlanner(Planner):
    """The part of the planner that is about snapshots."""

    def snapshots(self, container: Container) -> GuestSnapshots | Refusal:
        """Return the snapshots of a container from a fresh inspection, or the refusal where its guest is not seen.
        Raises ProxmoxError when they cannot be read.
        """
        from proximity_tui.core.engine.observe.snapshots import read_snapshots

        lookup = self.inspect(container)
        if lookup is None:
            return refusals.no_guest_to_ask(container)
        return read_snapshots(self.clients[container.cluster], container, lookup)
