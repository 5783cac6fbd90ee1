"""Close inspections of many guests, one after the other, all from one list of the cluster while that is fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.core.model import GuestLookup, Inventory

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

FRESH = 30.0
"""Seconds for which a list serves the looks; each reads its guest's own status and config all the same."""


class Looks:
    """The inspections of one command, on one thread."""

    def __init__(self, session: AppContext) -> None:
        self._session = session
        self._lists: dict[str, tuple[float, Inventory]] = {}

    def at(self, cluster: str, vmid: int) -> GuestLookup:
        """Return the inspection of `vmid` of `cluster`. Raises ProxmoxError when there is no list to begin with."""
        from proximity_tui.core.engine.observe import inspection

        return inspection.inspect_guest(self._session.clients[cluster], vmid, inventory=self._list(cluster))

    def _list(self, cluster: str) -> Inventory:
        now = self._session.engine.clock.monotonic()
        taken, found = self._lists.get(cluster, (0.0, None))
        if found is None or now - taken >= FRESH:
            found = self._session.clients[cluster].inventory()
            self._lists[cluster] = now, found
        return found
