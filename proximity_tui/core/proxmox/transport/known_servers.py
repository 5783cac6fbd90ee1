"""The servers that have shown their cluster: nothing that one answers is believed, and no write is sent to it, before
that or after its connection failed. Reads may be sent ahead (`sent_ahead`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.transport import root_ca
from proximity_tui.core.proxmox.transport.address import ClusterSettings

RECOGNISED_FOR = 300.0
"""Seconds after which a server is asked again who it is, also when its connections never failed."""


class KnownServers:
    """The URLs of a cluster that were recognised by its root CA. Without `recall` every one of them is."""

    def __init__(
        self, settings: ClusterSettings, monotonic: Callable[[], float], recall: root_ca.RootCaLookup | None
    ) -> None:
        self._cluster = settings.name
        self._addresses = settings.addresses
        self._monotonic = monotonic
        self._recall = recall
        self._since: dict[int, float] = {}

    def is_known(self, position: int) -> bool:
        """Return whether the server at a URL has shown its cluster since its connection last failed."""
        return self._recall is None or position in self._since

    def require(self, position: int, ask: Callable[[ApiPath], Any]) -> None:
        """Have the server at a URL show its cluster, unless it did so lately; `ask` reads a path from exactly that one.

        Raises `WrongCluster` if it belongs to another cluster than the one we know by our name, `SecondName` if we know
        it by another one, `Malformed`, and the errors of `ask`.
        """
        since = self._since.get(position)
        if self._recall is None or (since is not None and self._monotonic() - since < RECOGNISED_FOR):
            return
        asked = self._monotonic()
        seen = root_ca.shown(ask)
        known, url = self._recall(self._cluster, seen), str(self._addresses[position])
        if known is not None and seen is None:
            raise root_ca.cluster_not_shown(self._cluster, url, known)
        if known is not None and seen is not None and known != seen:
            raise root_ca.wrong_cluster(self._cluster, url, known, seen)
        if known is not None or seen is None:
            self._since[position] = asked

    def renew(self, position: int, seen: str, asked: float) -> None:
        """Count a server as recognised by what it answered to a request of this moment: the root CA `seen`. Only one
        that is recognised already, and only by the root CA that its cluster is known by now.
        """
        if self._recall is None or position not in self._since:
            return
        with suppress(errors.SecondName):
            if self._recall(self._cluster, seen) == seen and position in self._since:
                self._since[position] = asked

    def forget(self, position: int) -> None:
        """Ask the server at a URL again before its next answer is believed: its connection failed."""
        self._since.pop(position, None)

    def forget_all(self) -> None:
        """Ask every server again before its next answer is believed."""
        self._since = {}
