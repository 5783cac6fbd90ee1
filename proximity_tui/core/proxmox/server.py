"""One server, examined with our token: certificates, clock, version, privileges, quorum.

It only reads, it uses exactly the one URL it is given, and it accepts whichever cluster answers: the examination wants
to find that out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.model import Inventory, NodeReading, Quorum
from proximity_tui.core.proxmox import catalogue, existence, inventory
from proximity_tui.core.proxmox.catalogue import Version
from proximity_tui.core.proxmox.node_details import Certificate, NodeReads
from proximity_tui.core.proxmox.quorum import read_quorum
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.http import HttpSession

_HALF_A_SECOND = timedelta(seconds=0.5)


class Server:
    """The server at one URL of a cluster. Every failure is a ProxmoxError."""

    def __init__(self, settings: ClusterSettings, url: str, clock: Clock) -> None:
        self.url = url
        self._clock = clock
        self._session = HttpSession(replace(settings, urls=(url,)), clock, read_only=True)

    def close(self) -> None:
        """Close the connections of the calling thread."""
        self._session.close()

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Limit everything that this thread reads in the context to end `seconds` from now at the latest."""
        return self._session.within(seconds)

    def clock_ahead(self) -> timedelta | None:
        """Return how far the clock of the server is ahead of ours; None if it does not tell."""
        return clock_ahead(self._session, self._clock.now)

    def version(self) -> Version:
        """Return the version of the server."""
        return catalogue.read_version(self._session)

    def nodes(self) -> tuple[NodeReading, ...]:
        """Return all nodes of its cluster, by name."""
        return catalogue.read_nodes(self._session)

    def certificates(self, node: str) -> tuple[Certificate, ...]:
        """Return the certificates of a node, the root CA of its cluster included."""
        return NodeReads(self._session).certificates(node)

    def inventory(self) -> Inventory:
        """Return all guests, and the rows of the list that were set aside."""
        return inventory.read_inventory(self._session, self._clock.now())

    def permissions(self) -> Mapping[str, frozenset[str]]:
        """Return the privileges of our token by path; empty when it has none."""
        return existence.permissions(self._session)

    def quorum(self) -> Quorum:
        """Return the quorum: whether the server sees a majority."""
        return read_quorum(self._session)


def clock_ahead(session: HttpSession, now: Callable[[], datetime]) -> timedelta | None:
    """Return how far the clock of the server that answers is ahead of ours (behind: negative), to about a second; None
    if it does not tell. It is the `Date` of an HTTP answer, which is cut to the second.
    """
    asked = now()
    catalogue.read_version(session)
    answered = now()
    message = session.server_time()
    return None if message is None else message + _HALF_A_SECOND - (asked + (answered - asked) / 2)
