"""Proxmox's reports: guests, and the inventory of everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.guests.membership import Quorum
from proximity_tui.core.model.node import NodeReading, NodeStatus, StorageReading


class Status(StrEnum):
    """The status that Proxmox reports for a guest. `UNKNOWN` means no information, never "stopped"."""

    RUNNING = "running"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class Lock(StrEnum):
    """The locks of containers, in Proxmox's words, that a rule knows. A lock that is read stays text: Proxmox may have
    more of them.
    """

    BACKUP = "backup"
    CREATE = "create"
    DESTROYED = "destroyed"
    """A destroy sets it on its last steps, and it stays when it dies there (observed on Proxmox VE 9.2)."""
    MIGRATE = "migrate"
    MOUNTED = "mounted"
    ROLLBACK = "rollback"
    SNAPSHOT = "snapshot"
    SNAPSHOT_DELETE = "snapshot-delete"


class Match(StrEnum):
    """The identity of the guest at the VMID of a record. A comparison of two fingerprints says same, unsure or
    different; a row of a list can say more (`judge`).
    """

    SAME = "same"
    UNSURE = "unsure"
    DIFFERENT = "different"
    PLACEHOLDER = "placeholder"
    """What Proxmox shows while a guest is being made or unmade, or before its node has told of it."""
    OLDER = "older"
    """It tells of a time before what is already known of the guest."""


@value_object
class Fingerprint:
    """The evidence that a guest is still the one we recorded. A VMID is not part of it (law 3)."""

    type: str
    hwaddrs: frozenset[str]
    rootfs: str | None
    hostname: str | None
    ostype: str | None
    arch: str | None
    unprivileged: bool | None
    marker: str | None = None


class IdentityCause(StrEnum):
    """What decided an identity, where rules depend on it and not only on the match."""

    OUR_OPERATION = "our operation"
    """An unfinished operation of ours explains how the guest differs from its record."""
    RAN_ON = "ran on"
    """The list shows that the guest has run without a break since its fingerprint was read."""
    LISTED_ONLY = "listed only"
    """Only the list was read, which shows no fingerprint."""
    ONLY_MARKER = "only marker"
    """The guest carries our marker, and there is no fingerprint to compare with."""


@value_object
class Identity:
    """A comparison of two fingerprints: the match and, in words, the reasons for and against it."""

    match: Match
    reasons: tuple[str, ...]
    cause: IdentityCause | None = field(default=None, compare=False)
    """For rules; the reasons say the same to a person. None where no rule asks."""

    @property
    def sentence(self) -> str:
        """The reasons as one line for a person."""
        return "; ".join(self.reasons)


@value_object
class Guest:
    """One row of the inventory. `name`, `template` and the numbers are absent until Proxmox broadcast them."""

    vmid: int
    node: str
    type: str
    status: Status
    name: str | None = None
    template: bool | None = None
    tags: tuple[str, ...] = ()
    lock: str | None = None
    pool: str | None = None
    hastate: str | None = None
    uptime: int | None = None
    cpu: float | None = None
    maxcpu: float | None = None
    mem: int | None = None
    maxmem: int | None = None
    disk: int | None = None
    maxdisk: int | None = None
    netin: int | None = None
    netout: int | None = None
    diskread: int | None = None
    diskwrite: int | None = None

    @property
    def is_container(self) -> bool:
        """True for a container; False for a virtual machine, which we leave alone."""
        return self.type == "lxc"

    @property
    def display_name(self) -> str:
        """Its name in a list or a sentence."""
        return display_name(self.name, self.vmid)


def display_name(hostname: str | None, vmid: int) -> str:
    """Return the hostname, or `CT105` where none is known (as Proxmox itself writes it)."""
    return hostname or f"CT{vmid}"


@value_object
class BadRow:
    """A row of an answer that could not be understood and was set aside by itself. `raw` is what Proxmox sent: one
    plain line, bounded, without secrets. `vmid` is its guest, None where that is not known.
    """

    where: str
    why: str
    raw: str
    vmid: int | None = None

    @property
    def sentence(self) -> str:
        """The row, and the reason why it was set aside."""
        of = "a row" if self.vmid is None else f"the row of CT {self.vmid}"
        return f"{self.where}: {of} was set aside: {self.why}"


@value_object
class Inventory:
    """One reading of all guests of a cluster. Only a `complete` one can show absence, and never of a guest whose row
    was set aside.
    """

    cluster: str
    taken_at: datetime
    guests: Mapping[int, Guest]
    nodes: Mapping[str, NodeReading]
    quorum: Quorum
    complete: bool
    reasons: tuple[str, ...] = ()
    """Why the reading is not complete, in words; empty when it is."""
    set_aside: tuple[BadRow, ...] = ()
    """The rows that could not be understood. One of which the VMID is known leaves the rest as complete as it is."""
    storages: Mapping[str, StorageReading] = field(default_factory=dict)
    """What each node tells of each storage that our token may see, by `node/storage`."""

    def row_set_aside(self, vmid: int | None) -> BadRow | None:
        """Return the row of a guest that was listed and could not be understood; None if there was none."""
        if vmid is None or not self.set_aside:
            # As nearly always: it is asked of each record.
            return None
        return next((row for row in self.set_aside if row.vmid == vmid), None)

    def why_unreadable(self, vmid: int | None) -> str | None:
        """Return the reason why nothing is known of a guest that is listed; None when its row could be read, or there
        was none.
        """
        row = self.row_set_aside(vmid)
        return None if row is None else f"its row could not be read: {row.why}"

    def node_status(self, node: str | None) -> NodeStatus:
        """Return `online`, `offline` or `unknown` for a node, also for one that is not listed at all."""
        reading = self.nodes.get(node or "")
        return NodeStatus.UNKNOWN if reading is None else reading.status

    def why_not_gone(self, node: str | None) -> str | None:
        """Return the reason why a guest that is not listed may be there all the same: nothing is told of the `node` on
        which it was seen last. That left the cluster, or the server that answers did (law 2). Else return None.
        """
        if node is None or node in self.nodes:
            return None
        why_unknown = (
            f"node {node}, where it was seen last, is not in this list: it left the cluster, or who answers did"
        )
        return f"{why_unknown}. If {node} is gone for good, stop managing the container (delete --soft), or restore it"

    @property
    def is_cut_off(self) -> bool:
        """True when the node that answered may be the one that was cut off: it says of all others that they are offline
        (law 7).
        """
        return self.quorum.quorate is False

    def why_offline(self, node: str | None) -> str:
        """Return what is known of a node that is listed as offline: `node pve2 is offline`."""
        return why_offline(node, cut_off=self.is_cut_off)

    @property
    def node_statuses(self) -> Mapping[str, NodeStatus]:
        """The status of each node, by name, without the figures that differ in every list."""
        return {name: reading.status for name, reading in self.nodes.items()}


def why_offline(node: str | None, *, cut_off: bool) -> str:
    """Return what is known of a node that is listed as offline, by a node that may be the one that was `cut_off`."""
    return f"node {node} cannot be reached without quorum" if cut_off else f"node {node} is offline"


class Presence(StrEnum):
    """Our verdict on whether the guest of a container is there."""

    PRESENT = "present"
    ABSENT = "absent"
    HIDDEN = "hidden"
    REPLACED = "replaced"
    UNKNOWN = "unknown"
