"""What reconciliation may do with Proxmox: read. The gateway can do more, but its writes are not in here (law 4)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Protocol

from proximity_tui.core.model import BackupList, GuestConfig, GuestDetail, Inventory, Quorum, Task


class Reader(Protocol):
    """One cluster, to be read. Every call blocks; every failure is a ProxmoxError."""

    cluster: str
    token_id: str

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Let all that this thread reads in the context end `seconds` from now at the latest."""
        ...

    def inventory(self, *, quorum_age: float = ...) -> Inventory:
        """All guests, by one request."""
        ...

    def quorum(self, *, age: float = ...) -> Quorum:
        """Whether the node that answers sees a majority."""
        ...

    def is_free(self, vmid: int) -> bool:
        """Whether no guest of the cluster has this VMID, whatever we may see."""
        ...

    def observe(self, vmid: int, node: str, *, backups: bool = ...) -> GuestDetail:
        """A close look at one guest."""
        ...

    def config(self, vmid: int, node: str) -> GuestConfig:
        """The config of one container, by one request."""
        ...

    def permissions(self, of: str | None = ...) -> Mapping[str, frozenset[str]]:
        """Path to privileges of our token, those of one path if it is named."""
        ...

    def cluster_identity(self, node: str) -> str:
        """The fingerprint of the cluster's root CA."""
        ...

    def clock_ahead(self) -> timedelta | None:
        """How far the clock of the server is ahead of ours, if it says."""
        ...

    def find_tasks(self, node: str, vmid: int | None = ..., *, gaps: list[str] | None = ...) -> tuple[Task, ...]:
        """The tasks of a node that we may see; those that cannot be read are named in `gaps`."""
        ...

    def task_log(self, upid: str, start: int = ...) -> tuple[str, ...]:
        """Lines of a task's log."""
        ...

    def backup_list(self, node: str, vmid: int) -> BackupList:
        """The backups of a VMID that a node can reach, and why there may be more."""
        ...
