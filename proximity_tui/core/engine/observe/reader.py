"""The read access that reconciliation has to Proxmox. The client can do more, but its writes are
not in here (law 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Protocol

from proximity_tui.core.model import BackupList, GuestConfig, Inventory, Quorum, Task
from proximity_tui.core.proxmox.node_details import NodeReads
from proximity_tui.core.proxmox.pve_tasks import TaskSource


class Reader(Protocol):
    """One cluster, to be read. Every call blocks; every failure is a ProxmoxError."""

    cluster: str
    token_id: str

    @property
    def answered_by(self) -> str:
        """The URL that the last read of the calling thread was sent to."""
        ...

    @property
    def details(self) -> NodeReads:
        """The reads of what nodes, storages and HA tell of themselves."""
        ...

    def close(self) -> None:
        """Close the connections of the calling thread."""
        ...

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Limit everything that this thread reads in the context to end `seconds` from now at the latest."""
        ...

    def inventory(self, *, quorum_age: float = ..., remember: bool = ...) -> Inventory:
        """Return all guests, by one request. It is to `remember` where the reads that follow may rest on it."""
        ...

    def quorum(self, *, age: float = ...) -> Quorum:
        """Return the quorum: whether the node that answers sees a majority."""
        ...

    def is_free(self, vmid: int) -> bool:
        """Return whether no guest of the cluster has this VMID, regardless of our privileges."""
        ...

    def config(self, vmid: int, node: str) -> GuestConfig:
        """Return the config of one container, by one request."""
        ...

    def permissions(self, of: str | None = ...) -> Mapping[str, frozenset[str]]:
        """Return the privileges of our token by path, those of one path if it is named."""
        ...

    def cluster_identity(self, node: str) -> str:
        """Return the fingerprint of the cluster's root CA."""
        ...

    def clock_ahead(self) -> timedelta | None:
        """Return how far the clock of the server is ahead of ours, or None where it does not tell."""
        ...

    def find_tasks(
        self,
        node: str,
        vmid: int | None = ...,
        source: TaskSource = ...,
        gaps: list[str] | None = ...,
        of_type: str | None = ...,
    ) -> tuple[Task, ...]:
        """Return the tasks of a node that we may see (of one type, or those that run); those that cannot be read are
        named in `gaps`.
        """
        ...

    def task_log(self, upid: str, start: int = ...) -> tuple[str, ...]:
        """Return a page of a task's log."""
        ...

    def rest_of_task_log(self, upid: str, start: int = ...) -> tuple[str, ...]:
        """Return all lines of a task's log from a line on, by as many requests as that takes."""
        ...

    def backup_list(self, node: str, vmid: int) -> BackupList:
        """Return the backups of a VMID that a node can reach, and why there may be more."""
        ...
