"""One inventory for many inspections: the list of all guests, read once and kept while it is fresh."""

from __future__ import annotations

import threading

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.model import Inventory
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError

FRESH = 30.0
"""Seconds for which a list serves; every inspection reads its guest's own status and config all the same."""


class SharedInventory:
    """The list of one cluster, for the threads that inspect its guests at the same time."""

    def __init__(self, client: PveClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._found: Inventory | ProxmoxError | None = None
        self._fresh_until = 0.0

    def read(self) -> Inventory:
        """Return the list, read again once it is not fresh any more. Only one thread reads; the others wait for it.

        Raises ProxmoxError. One is raised again for as long as it took to come, so that many inspections of a silent
        cluster do not wait for it one after the other.
        """
        with self._lock:
            began = self._clock.monotonic()
            if self._found is None or began >= self._fresh_until:
                self._found = self._ask()
                now = self._clock.monotonic()
                self._fresh_until = now + (FRESH if isinstance(self._found, Inventory) else now - began)
            found = self._found
        if isinstance(found, ProxmoxError):
            raise found
        return found

    def _ask(self) -> Inventory | ProxmoxError:
        try:
            return self._client.guest_list()
        except ProxmoxError as error:
            return error
