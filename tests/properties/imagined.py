"""An imagined cluster for laws that must hold in every order of events: what is true of it, and what we may see of it.

It has the reading half of a gateway and nothing else, so that a write would be a missing attribute; and it remembers
every answer it gave, by which the laws are judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from proximity_tui.core.model import (
    BackupList,
    Fingerprint,
    Guest,
    GuestConfig,
    GuestDetail,
    Inventory,
    NodeReading,
    NodeStatus,
    Quorum,
    Status,
    Task,
)
from proximity_tui.core.proxmox.errors import GuestNotFound, Unknown, Unreachable

NODES = ("pve1", "pve2", "pve3")
STRANGERS = ":".join(["BB"] * 32)


@dataclass(frozen=True)
class Weather:
    """How much of the truth a look gets to see."""

    answers: bool = True
    complete: bool = True
    hidden: frozenset[int] = frozenset()
    quorate: bool | None = True
    oracle: bool = True
    privileges: bool = True
    ours: bool = True
    tasks: bool = True


CLEAR = Weather()


@dataclass
class Being:
    """A guest as it truly is. `soul` is what makes it this one; a VMID is only where it lives."""

    soul: int
    node: str = "pve1"
    name: str = "web"
    type: str = "lxc"
    lock: str | None = None

    @property
    def fingerprint(self) -> Fingerprint:
        return Fingerprint(
            type=self.type, hwaddrs=frozenset({f"BC:24:11:00:{self.soul // 256:02X}:{self.soul % 256:02X}"}),
            rootfs=f"local-lvm:vm-{self.soul}-disk-0", hostname=self.name, ostype="debian", arch="amd64",
            unprivileged=True,
        )  # fmt: skip


@dataclass
class Answer:
    """What one look was told, and what it was told when it asked about single VMIDs."""

    at: datetime
    listed: frozenset[int]
    believable: bool
    """Whether absence may be concluded from it: complete, quorate, ours, and our rights as they should be."""
    free: set[int] = field(default_factory=set)


class ImaginedCluster:
    """The truth, and the reading half of a gateway to it."""

    def __init__(self, cluster: str) -> None:
        self.cluster = cluster
        digest = hashlib.sha256(cluster.encode()).hexdigest().upper()
        self.root_ca = ":".join(digest[at : at + 2] for at in range(0, 64, 2))
        self.token_id = "imagined@pve!t"
        self.answered_by = "https://imagined:8006"
        self.beings: dict[int, Being] = {}
        self.graves: dict[int, Being] = {}
        self.offline: set[str] = set()
        self.weather = CLEAR
        self.answers: list[Answer] = []
        self._souls = 0

    def born(self, vmid: int, name: str, type: str = "lxc") -> Being:
        self._souls += 1
        self.beings[vmid] = Being(self._souls, NODES[vmid % len(NODES)], name, type)
        return self.beings[vmid]

    def within(self, seconds: float) -> AbstractContextManager[None]:
        return nullcontext()

    def close(self) -> None:
        """Nothing is open."""

    def first_inventory(self) -> Inventory:
        return self.inventory()

    def inventory(self, *, quorum_age: float = 0.0, remember: bool = True) -> Inventory:
        weather = self.weather
        if not weather.answers:
            raise Unreachable("nobody answers")
        now = datetime.now(UTC)
        shown = {vmid: being for vmid, being in self.beings.items() if vmid not in weather.hidden}
        if not weather.complete:
            shown = dict(list(shown.items())[::2])
        if not weather.privileges:
            shown = {}
        believable = weather.complete and weather.quorate is True and weather.ours and weather.privileges
        self.answers.append(Answer(now, frozenset(shown), believable))
        return Inventory(
            self.cluster, now, {vmid: _row(vmid, being) for vmid, being in shown.items()},
            {node: NodeReading(node, self._status(node)) for node in NODES}, self.quorum(),
            complete=weather.complete, reasons=() if weather.complete else ("a row was malformed",),
        )  # fmt: skip

    def _status(self, node: str) -> NodeStatus:
        return NodeStatus.OFFLINE if node in self.offline else NodeStatus.ONLINE

    def quorum(self, *, age: float = 0.0) -> Quorum:
        return Quorum(quorate=self.weather.quorate)

    def is_free(self, vmid: int) -> bool:
        if not self.weather.oracle:
            raise Unknown("596: Connection timed out")
        free = vmid not in self.beings
        if free:
            self.answers[-1].free.add(vmid)
        return free

    def observe(self, vmid: int, node: str, *, backups: bool = False) -> GuestDetail:
        being = self.beings.get(vmid)
        if being is None or being.node != node:
            raise GuestNotFound("there is no such guest", node=node, vmid=vmid)
        if node in self.offline or not self.weather.tasks:
            raise Unknown("595: No route to host")
        return GuestDetail(
            cluster=self.cluster, vmid=vmid, node=node, taken_at=datetime.now(UTC), status=Status.RUNNING,
            lock=being.lock, template=False, config={}, fingerprint=being.fingerprint,
            digest="d", protection=False, ha_state=None, ha_known=True, replicated=False, quorum=self.quorum(),
        )  # fmt: skip

    def config(self, vmid: int, node: str) -> GuestConfig:
        seen = self.observe(vmid, node)
        assert seen.fingerprint is not None
        return GuestConfig(vmid, node, seen.taken_at, seen.lock, {}, seen.fingerprint)

    def permissions(self, of: str | None = None) -> Mapping[str, frozenset[str]]:
        return {"/vms": frozenset({"VM.Audit"} if self.weather.privileges else {"Sys.Audit"})}

    def cluster_identity(self, node: str) -> str:
        return self.root_ca if self.weather.ours else STRANGERS

    def clock_ahead(self) -> timedelta | None:
        return None

    def find_tasks(self, node: str, vmid: int | None = None, gaps: list[str] | None = None) -> tuple[Task, ...]:
        if not self.weather.tasks:
            raise Unknown("596: Connection timed out")
        return ()

    def task_log(self, upid: str, start: int = 0) -> tuple[str, ...]:
        return ()

    def rest_of_task_log(self, upid: str, start: int = 0) -> tuple[str, ...]:
        return ()

    def backup_list(self, node: str, vmid: int) -> BackupList:
        return BackupList()


def _row(vmid: int, being: Being) -> Guest:
    return Guest(vmid, being.node, being.type, Status.RUNNING, name=being.name, template=False, lock=being.lock)
