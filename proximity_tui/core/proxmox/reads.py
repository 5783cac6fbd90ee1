"""The reading half of the client: everything that may be read of one cluster.

It bundles the readers of this package with the connection, the clock and the last known quorum. It decides nothing.
Every call blocks; every failure is a ProxmoxError.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta

from proximity_tui.core.base.clock import Clock, SystemClock
from proximity_tui.core.model import (
    Backup,
    BackupList,
    ClinicalRecord,
    GuestConfig,
    GuestDetail,
    Inventory,
    NodeReading,
    NodeStatus,
    Quorum,
    Status,
    Task,
    Vacancy,
)
from proximity_tui.core.proxmox import backups, catalogue, errors, existence, guests, inventory, offers, server, tasks
from proximity_tui.core.proxmox.catalogue import RrdSample, Storage, Template, Timeframe, Version
from proximity_tui.core.proxmox.clinical import capture, clinical_record
from proximity_tui.core.proxmox.nodes import NodeReads
from proximity_tui.core.proxmox.tasks import Source
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.http import HttpSession
from proximity_tui.core.proxmox.transport.root_ca import Recall
from proximity_tui.core.proxmox.transport.trust import Trust

QUORUM_AGE = 30.0
"""Seconds for which a reading of the quorum is good enough to stand beside an inventory. A decision reads its
own."""

SEARCH_PATIENCE = 60.0
"""Seconds for the search of a free VMID, however many are taken (law 10)."""


class ClusterReads:
    """One cluster, to be read. Safe to share between threads. `read_only` refuses every write before anything is sent;
    with `recall`, every call raises `WrongCluster` when another cluster answers than the one we know by this name."""

    def __init__(
        self,
        settings: ClusterSettings,
        clock: Clock | None = None,
        *,
        read_only: bool = False,
        recall: Recall | None = None,
    ) -> None:
        self.cluster = settings.name
        self.token_id = settings.token_id
        self.settings = settings
        self.read_only = read_only
        self._clock = clock or SystemClock()
        self._session = HttpSession(settings, self._clock, read_only=read_only, recall=recall)
        self.details = NodeReads(self._session)
        self._lock = threading.Lock()
        self._last: Inventory | None = None
        self._quorum: tuple[float, str, Quorum] | None = None
        self._online: frozenset[str] | None = None

    def __repr__(self) -> str:
        return f"<gateway to {self.cluster} at {self.url}>"

    @property
    def url(self) -> str:
        """The URL that answered last."""
        return self._session.url

    def now(self) -> datetime:
        """Return the wall clock time that readings are stamped with."""
        return self._clock.now()

    def close(self) -> None:
        """Close the connections of the calling thread."""
        self._session.close()

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Limit everything that this thread reads in the context to end `seconds` from now at the latest (law 10)."""
        return self._session.within(seconds)

    def trust_again(self, trust: Trust) -> None:
        """Trust these certificates from the next call on, on every thread: a person confirmed them."""
        self.settings = replace(self.settings, trust=trust)
        self._session.trust_again(trust)

    # What there is

    @property
    def requests_sent(self) -> int:
        """The number of reads that the calling thread has sent. While it stays the same, the last answer is the last
        (law 3).
        """
        return self._session.requests_sent

    def guest_list(self) -> Inventory:
        """Return all guests, by one request; the quorum is not read with it."""
        self._last = inventory.read_inventory(self._session, self.now(), self._last)
        return self._last

    def inventory(self, *, quorum_age: float = QUORUM_AGE) -> Inventory:
        """Return all guests, by one request; and the quorum, read again only when it is older than `quorum_age`
        seconds, came from another URL, or other nodes are online. An unreadable quorum is named and costs no inventory.
        """
        found = self.guest_list()
        online = frozenset(node for node, status in found.node_statuses.items() if status == NodeStatus.ONLINE)
        with self._lock:
            before, self._online = self._online, online
        try:
            # Other nodes are online than at the last look: the quorum may have been lost since.
            quorum = self.quorum(age=quorum_age if before == online else 0.0)
        except errors.ProxmoxError as error:
            quorum = Quorum(quorate=None, reason=f"the quorum could not be read: {error.sentence}")
        return replace(found, quorum=quorum)

    def quorum(self, *, age: float = 0.0) -> Quorum:
        """Return whether the node that answers sees a majority; not older than `age` seconds, and from the same URL."""
        now, url = self._clock.monotonic(), self.url
        with self._lock:
            known = self._quorum
        if known is not None and known[1] == url and now - known[0] < age:
            return known[2]
        quorum = inventory.read_quorum(self._session)
        with self._lock:
            self._quorum = (now, self.url, quorum)
        return quorum

    def inspect(self, vmid: int, node: str, *, backups: bool = False) -> GuestDetail:
        """Return everything about one guest, its config by the very last request; see `guests.inspect`."""
        return guests.inspect(self._session, vmid, node, self.now, with_backups=backups)

    def inspect_briefly(self, vmid: int, node: str) -> GuestDetail:
        """Return status and config of one guest, by two requests; see `guests.inspect_briefly`."""
        return guests.inspect_briefly(self._session, vmid, node, self.now)

    def inspect_and_capture(self, vmid: int, node: str, digest: str | None) -> tuple[GuestDetail, ClinicalRecord]:
        """Return who one guest is, and its clinical record; see `guests.inspect_and_capture`."""
        return guests.inspect_and_capture(self._session, vmid, node, self.now, digest)

    def status(self, vmid: int, node: str) -> Status:
        """Return the status of one guest, by one request."""
        return guests.read_guest_status(self._session, vmid, node)

    def vacancy(self, vmid: int, node: str) -> Vacancy:
        """Return the inspection right before a container is created: its tasks, the quorum, and last whether its VMID
        is free.
        """
        found = tasks.find(self._session, node, vmid)
        quorum, taken_at = inventory.read_quorum(self._session), self.now()
        return Vacancy(self.cluster, node, vmid, taken_at, self.is_free(vmid), quorum, found)

    def config(self, vmid: int, node: str) -> GuestConfig:
        """Return the config of one container, by one request."""
        return guests.read_guest_config(self._session, vmid, node, self.now())

    def clinical(self, node: str, vmid: int) -> ClinicalRecord:
        """Return everything that can be captured of one guest."""
        now = self.now()
        return clinical_record(capture(self._session, vmid, node), now)

    # What does not depend on what we may see

    def is_free(self, vmid: int) -> bool:
        """Return whether no guest of the whole cluster has this VMID."""
        return existence.is_free(self._session, vmid)

    def next_free(self, avoid: Collection[int | None] = ()) -> int:
        """Return a free VMID that is not in `avoid`."""
        with self.within(SEARCH_PATIENCE):
            return existence.next_free(self._session, avoid)

    def permissions(self, of: str | None = None) -> Mapping[str, frozenset[str]]:
        """Return the privileges of our token by path, those of one path if it is named; empty when it has none."""
        return existence.permissions(self._session, of)

    def cluster_identity(self, node: str) -> str:
        """Return the fingerprint of the cluster's root CA."""
        return existence.cluster_identity(self._session, node)

    def clock_ahead(self) -> timedelta | None:
        """Return how far the clock of the server is ahead of ours (behind: negative); None if it does not tell."""
        return server.clock_ahead(self._session, self.now)

    # Tasks

    def task(self, upid: str) -> Task:
        """Return the state of a task."""
        return tasks.read_task(self._session, upid)

    def task_log(self, upid: str, start: int = 0) -> tuple[str, ...]:
        """Return lines of a task's log from line `start` on."""
        return tasks.read_log(self._session, upid, start)

    def find_tasks(
        self,
        node: str,
        vmid: int | None = None,
        source: Source = "all",
        gaps: list[str] | None = None,
        of_type: str | None = None,
    ) -> tuple[Task, ...]:
        """Return the tasks of a node that we may see, newest first; see `tasks.find`."""
        return tasks.find(self._session, node, vmid, source, gaps, of_type)

    def wait_task(self, upid: str, timeout: float) -> Task:
        """Return a task when it has stopped, or what is known of it after `timeout` seconds."""
        return tasks.wait(self._session, upid, timeout, self._clock)

    # What the cluster offers

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

    def storages(self, node: str, content: str = "rootdir") -> tuple[Storage, ...]:
        """Return the storages of a node that take `content`, by name."""
        return catalogue.read_storages(self._session, node, content)

    def root_storage(self, node: str | None) -> str | None:
        """Return the active storage of a node with the most free space for root volumes; None if there is none."""
        if node is None:
            return None
        active = [storage for storage in self.storages(node) if storage.active]
        return max(active, key=lambda storage: storage.available or 0).name if active else None

    def templates(self, node: str, gaps: list[str] | None = None) -> tuple[Template, ...]:
        """Return the container templates that a node can reach; see `catalogue.read_templates`."""
        return catalogue.read_templates(self._session, node, gaps)

    def bridges(self, node: str) -> tuple[str, ...]:
        """Return the bridges of a node that our token may see, by name."""
        return offers.read_bridges(self._session, node)

    def pools(self) -> tuple[str, ...]:
        """Return the resource pools that our token may see, by name."""
        return offers.read_pools(self._session)

    def volumes(self, node: str, storage: str, content: str) -> tuple[str, ...]:
        """Return the volumes of this content on a storage of a node, by volume id."""
        return offers.read_volumes(self._session, node, storage, content)

    def backups(
        self, node: str, vmid: int, storages: Collection[str] | None = None, gaps: list[str] | None = None
    ) -> tuple[Backup, ...]:
        """Return the backups of a container that a node can reach (on these storages), newest first; see
        `catalogue.read_backups`.
        """
        return catalogue.read_backups(self._session, node, vmid, storages, gaps)

    def backup_list(self, node: str, vmid: int) -> BackupList:
        """Return the backups of a VMID that a node can reach, and why there may be more."""
        return backups.read_backup_list(self._session, node, vmid)

    def protected_limit(self, storage: str) -> int | None:
        """Return how many protected backups of a guest a storage is configured to take; None where that is not set."""
        return backups.read_protected_limit(self._session, storage)

    def rrddata(self, node: str, vmid: int, timeframe: Timeframe = "hour") -> tuple[RrdSample, ...]:
        """Return the measured history of a guest, oldest first."""
        return catalogue.read_history(self._session, node, vmid, timeframe)
