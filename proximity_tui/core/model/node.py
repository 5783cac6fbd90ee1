"""Proxmox's reports on what stands around the guests: nodes and storages, as the list of resources shows them."""

from __future__ import annotations

from enum import StrEnum

from proximity_tui.core.base.text import read_word
from proximity_tui.core.base.value_object import value_object


class NodeStatus(StrEnum):
    """The status that Proxmox reports for a node. `UNKNOWN` is also a node that is not listed."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"

    @classmethod
    def read(cls, text: object) -> NodeStatus:
        """Return the status that `text` names, `UNKNOWN` for anything else."""
        return read_word(text, cls.UNKNOWN)


class StorageStatus(StrEnum):
    """The status that Proxmox reports for a storage on a node. `UNKNOWN` is a storage of which its node, which is
    offline or cannot reach it, has told nothing for minutes.
    """

    AVAILABLE = "available"
    UNKNOWN = "unknown"

    @classmethod
    def read(cls, text: object) -> StorageStatus:
        """Return the status that `text` names, `UNKNOWN` for anything else."""
        return cls.AVAILABLE if text == cls.AVAILABLE.value else cls.UNKNOWN


MAINTENANCE = "maintenance"
"""The HA state of a node that a person took out of service: HA starts nothing on it."""


@value_object
class NodeReading:
    """A node in one list. The figures need Sys.Audit on it, and those that are measured are absent while it is offline.
    Sizes in bytes, `cpu` a share of `maxcpu` cores, `uptime` in seconds.
    """

    name: str
    status: NodeStatus
    cpu: float | None = None
    maxcpu: float | None = None
    mem: int | None = None
    maxmem: int | None = None
    disk: int | None = None
    maxdisk: int | None = None
    uptime: int | None = None
    hastate: str | None = None
    """What HA says of it, such as `maintenance`; None where HA is not used."""

    @property
    def memory_share(self) -> float:
        """The share of its memory in use; 1 when that is not known."""
        return self.mem / self.maxmem if self.mem is not None and self.maxmem else 1.0

    @property
    def in_maintenance(self) -> bool:
        """True while HA keeps the node out of service."""
        return self.hastate == MAINTENANCE


@value_object
class StorageReading:
    """A storage as one node sees it. A shared one is listed once for each node. Sizes in bytes, absent while the node
    does not tell them.
    """

    node: str
    storage: str
    status: StorageStatus
    type: str = "unknown"
    content: tuple[str, ...] = ()
    """What it may hold: `rootdir`, `images`, `backup`, `vztmpl`, `iso`, `snippets`."""
    shared: bool = False
    disk: int | None = None
    maxdisk: int | None = None

    @property
    def used(self) -> float | None:
        """The share of it in use; None where that is not known."""
        return self.disk / self.maxdisk if self.disk is not None and self.maxdisk else None
