"""Everything that may be read of one cluster: its guests by one request, its quorum, its tasks, and what the
other readers add.

Every call blocks; every failure is a ProxmoxError.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from proximity_tui.core.model import Inventory, NodeReading, NodeStatus, Quorum
from proximity_tui.core.proxmox import (
    backups,
    catalogue,
    errors,
    existence,
    inventory,
    offers,
    paths,
    pve_tasks,
    server,
)
from proximity_tui.core.proxmox.catalogue import Version
from proximity_tui.core.proxmox.node_details import NodeReads
from proximity_tui.core.proxmox.quorum import read_quorum
from proximity_tui.core.proxmox.reads.guest_reads import GuestReads
from proximity_tui.core.proxmox.reads.storage_reads import StorageReads

if TYPE_CHECKING:
    from proximity_tui.core.model import NewestBackups, Task
    from proximity_tui.core.proxmox.pve_tasks import Heard, TaskSource


QUORUM_AGE = 30.0
"""Seconds for which a reading of the quorum is good enough to stand beside an inventory. A decision reads its
own."""


class ClusterReads(GuestReads, StorageReads):
    """One cluster, to be read; see `ClusterConnection`."""

    @property
    def details(self) -> NodeReads:
        """The reads of what nodes, storages and HA tell of themselves."""
        return NodeReads(self._session)

    def guest_list(self, *, kept: bool = False) -> Inventory:
        """Return all guests, by one request; the quorum is not read with it. `kept`: those that this thread keeps for
        the plans that it makes (`keeping`), if it does.
        """
        if kept:
            found: Inventory = self._session.kept.read("guests", self.guest_list)
            return found
        return self._listed(remember=True)

    def first_inventory(self) -> Inventory:
        """Return what `inventory` does: its requests are sent while the server shows its cluster, instead of one after
        the other, because a person waits for the first list.
        """
        with self._session.sending_ahead(paths.RESOURCES, paths.STATUS):
            return self.inventory()

    def inventory(self, *, quorum_age: float = QUORUM_AGE, remember: bool = True) -> Inventory:
        """Return all guests, by one request; and the quorum, read again only when it is older than `quorum_age`
        seconds, came from another URL, or other nodes are online. An unreadable quorum is named and costs no inventory.
        Unless it is to `remember` for the reads that follow, the list lives only as long as the caller keeps it.
        Both are from the same server: one with a quorum, where a URL leads to one.
        """
        found, by = self._listed_with_quorum(quorum_age, remember=remember)
        if by == self.url:
            return found
        found, by = self._listed_with_quorum(0.0, remember=remember)
        changed = Quorum(quorate=None, reason="the list and the quorum are from different servers")
        return found if by == self.url else replace(found, quorum=changed)

    def _listed_with_quorum(self, quorum_age: float, *, remember: bool) -> tuple[Inventory, str]:
        """Return the list and the quorum, and the URL that the list came from."""
        found = self._listed(remember=remember)
        by = self.answered_by
        online = frozenset(node for node, status in found.node_statuses.items() if status == NodeStatus.ONLINE)
        with self._last.lock:
            before, self._last.online = self._last.online, online
        try:
            # Other nodes are online than at the last look: the quorum may have been lost since.
            quorum = self.quorum(age=quorum_age if before == online else 0.0)
        except errors.ProxmoxError as error:
            # The one before is from other nodes, or old: the next list reads it again.
            with self._last.lock:
                self._last.quorum = None
            quorum = Quorum(quorate=None, reason=f"the quorum could not be read: {error.sentence}")
        return replace(found, quorum=quorum), by

    def _listed(self, *, remember: bool) -> Inventory:
        at = self._clock.monotonic()
        listed = inventory.read_inventory(self._session, self.now(), self._last.inventory)
        if remember:
            self._last.inventory, self._last.listed_at = listed, at
        return listed

    def quorum(self, *, age: float = 0.0) -> Quorum:
        """Return whether the node that answers sees a majority; not older than `age` seconds, and from the same URL."""
        now, url = self._clock.monotonic(), self.url
        with self._last.lock:
            known = self._last.quorum
        if known is not None and known[1] == url and now - known[0] < age:
            return known[2]
        quorum = read_quorum(self._session)
        with self._last.lock:
            # Without one, another server may have been searched for: the next reading is its own.
            self._last.quorum = None if quorum.quorate is False else (now, self.answered_by, quorum)
        return quorum

    def newest_backups(self) -> NewestBackups:
        """Return the newest backup of every VMID of the cluster, its storages by the last list if that is fresh and
        whole; see `backups.read_newest`.
        """
        return backups.read_newest(self._session, self.now(), self.fresh_list)

    def permissions(self, of: str | None = None) -> Mapping[str, frozenset[str]]:
        """Return the privileges of our token by path, those of one path if it is named; empty when it has none."""
        return existence.permissions(self._session, of)

    def cluster_identity(self, node: str) -> str:
        """Return the fingerprint of the cluster's root CA."""
        return existence.cluster_identity(self._session, node)

    def clock_ahead(self) -> timedelta | None:
        """Return how far the clock of the server is ahead of ours (behind: negative); None if it does not tell."""
        return server.clock_ahead(self._session, self.now)

    def version(self) -> Version:
        """Return the version of the node that answers."""
        return catalogue.read_version(self._session)

    def nodes(self) -> tuple[NodeReading, ...]:
        """Return all nodes, by name."""
        return catalogue.read_nodes(self._session)

    def least_loaded_node(self) -> str | None:
        """Return the online node with the smallest share of its memory in use; None if none is online."""
        online = [node for node in self.nodes() if node.status == NodeStatus.ONLINE]
        return min(online, key=lambda node: (node.memory_share, node.name)).name if online else None

    def bridges(self, node: str) -> tuple[str, ...]:
        """Return the bridges of a node that our token may see, by name."""
        return offers.read_bridges(self._session, node)

    def pools(self) -> tuple[str, ...]:
        """Return the resource pools that our token may see, by name."""
        return offers.read_pools(self._session)

    def task(self, upid: str) -> Task:
        """Return the state of a task."""
        return pve_tasks.read_task(self._session, upid)

    def task_log(self, upid: str, start: int = 0) -> tuple[str, ...]:
        """Return a page of a task's log from line `start` on."""
        return pve_tasks.read_log(self._session, upid, start)

    def rest_of_task_log(self, upid: str, start: int = 0) -> tuple[str, ...]:
        """Return all lines of a task's log from line `start` on, by as many requests as that takes."""
        return tuple(line for lines in pve_tasks.log_pages(self._session, upid, start) for line in lines)

    def find_tasks(
        self,
        node: str,
        vmid: int | None = None,
        source: TaskSource = "all",
        gaps: list[str] | None = None,
        of_type: str | None = None,
    ) -> tuple[Task, ...]:
        """Return the tasks of a node that we may see, newest first; see `tasks.find`."""
        return pve_tasks.find(self._session, node, vmid, source, gaps, of_type)

    def wait_task(self, upid: str, timeout: float, heard: Heard = lambda _: None) -> Task:
        """Return a task when it has stopped, or what is known of it after `timeout` seconds; see `tasks.wait`."""
        return pve_tasks.wait(self._session, upid, timeout, self._clock, heard)
