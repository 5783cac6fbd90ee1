"""What every node tells the others about its guests: once in ten seconds, and forgotten after five minutes. The
record is kept by VMID alone, so a reused VMID shows its predecessor's name until the next round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proximity_tui.simulator import figures

if TYPE_CHECKING:
    from proximity_tui.simulator.cluster import Cluster, Node
    from proximity_tui.simulator.guests import Guest

ROUND = 10.0
EXPIRY = 300.0


@dataclass(frozen=True, slots=True)
class Record:
    """What was broadcast of one guest at one time; figures are worked out from it when somebody asks."""

    at: float
    status: str
    name: str
    template: int
    maxcpu: float
    maxmem: int
    maxdisk: int
    uptime: int

    def row(self, seed: int, vmid: int) -> dict[str, Any]:
        """The keys that a guest's entry in `cluster/resources` owes to the broadcast."""
        load = figures.IDLE
        if self.status == "running":
            load = figures.load(seed, vmid, self.at, self.uptime, self.maxmem, self.maxdisk)
        return {
            "status": self.status,
            "name": self.name,
            "template": self.template,
            "uptime": self.uptime,
            "maxcpu": self.maxcpu,
            "cpu": load.cpu,
            "maxmem": self.maxmem,
            "mem": load.mem,
            "maxdisk": self.maxdisk,
            "disk": load.disk,
            "netin": load.netin,
            "netout": load.netout,
            "diskread": load.diskread,
            "diskwrite": load.diskwrite,
            "memhost": 0,
        }


class Broadcast:
    """The records of guests and the times at which nodes last spoke. `silenced` stops the rounds on every node."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._guests: dict[int, Record] = {}
        self._nodes: dict[str, float] = {}
        self.silenced = False

    def reach(self, until: float) -> None:
        """Play the last round that falls into the time up to `until`; earlier ones left no trace behind it."""
        start, before = self._cluster.timeline.start, self._cluster.now
        latest = start + (until - start) // ROUND * ROUND
        if latest > before:
            self.play(latest)

    def play(self, at: float) -> None:
        """One round: every node that is up and whose status daemon lives speaks for its guests."""
        if self.silenced:
            return
        speaking = {node.name: node for node in self._cluster.nodes.values() if node.online and node.statd}
        for name in speaking:
            self._nodes[name] = at
        for guest in self._cluster.guests.values():
            node = speaking.get(guest.node)
            if node:
                self._guests[guest.vmid] = _record(guest, node, at)

    def settle(self, guest: Guest) -> None:
        """Speak for one guest now, as if it had been there for a while."""
        node = self._cluster.nodes[guest.node]
        self._guests[guest.vmid] = _record(guest, node, self._cluster.now)
        self._nodes.setdefault(node.name, self._cluster.now)

    def of(self, vmid: int) -> Record | None:
        """The record of a VMID, unless there is none or it is too old to be believed."""
        record = self._guests.get(vmid)
        return record if record and self._cluster.now - record.at < EXPIRY else None

    def heard(self, node: str) -> float | None:
        """When a node last spoke, unless that is too long ago."""
        at = self._nodes.get(node)
        return at if at is not None and self._cluster.now - at < EXPIRY else None

    def forget(self, node: str | None = None) -> None:
        """Lose the records of one node's guests, or of all."""
        for vmid in list(self._guests):
            guest = self._cluster.guests.get(vmid)
            if node is None or (guest and guest.node == node):
                del self._guests[vmid]
        for name in list(self._nodes) if node is None else [node]:
            self._nodes.pop(name, None)


def _record(guest: Guest, node: Node, at: float) -> Record:
    return Record(
        at=at,
        status=guest.status,
        name=guest.name,
        template=int(guest.template),
        maxcpu=guest.cpus(node.cpus),
        maxmem=guest.maxmem,
        maxdisk=guest.maxdisk,
        uptime=guest.uptime(at),
    )
