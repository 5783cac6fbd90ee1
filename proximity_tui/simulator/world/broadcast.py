"""The broadcasts of every node about its guests: once in ten seconds, and dropped after five minutes. The record is
kept by VMID alone, so a reused VMID shows its predecessor's name until the next round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from proximity_tui.simulator.world import load_figures
from proximity_tui.simulator.world.simulated_guest import Guest
from proximity_tui.simulator.world.simulated_node import Node
from proximity_tui.simulator.world.timeline import Timeline

ROUND = 10.0
EXPIRY = 300.0


@dataclass(frozen=True, slots=True)
class Record:
    """One broadcast about one guest; its figures are computed when requested."""

    at: float
    status: str
    name: str
    template: int
    maxcpu: float
    maxmem: int
    maxdisk: int
    uptime: int

    def row(self, seed: int, vmid: int) -> dict[str, Any]:
        """Return the keys of a guest's entry in `cluster/resources` that come from the broadcast."""
        load = load_figures.IDLE
        if self.status == "running":
            load = load_figures.load(seed, vmid, self.at, self.uptime, self.maxmem, self.maxdisk)
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
    """The records of guests and the times at which nodes last broadcast. `silenced` stops the rounds on every node."""

    def __init__(self, nodes: Mapping[str, Node], guests: Mapping[int, Guest], timeline: Timeline) -> None:
        """Keep what is read of the cluster: its guests and the time; neither is changed."""
        self._nodes = nodes
        self._guests = guests
        self._timeline = timeline
        self._records: dict[int, Record] = {}
        self._heard: dict[str, float] = {}
        self.silenced = False

    def reach(self, until: float) -> None:
        """Play the last round in the time up to `until`; earlier ones left no trace behind it."""
        start, before = self._timeline.start, self._timeline.now
        latest = start + (until - start) // ROUND * ROUND
        if latest > before:
            self.play(latest)

    def play(self, at: float) -> None:
        """Play one round: every node that is up and whose status daemon lives broadcasts its guests."""
        if self.silenced:
            return
        speaking = {node.name: node for node in self._nodes.values() if node.online and node.statd}
        for name in speaking:
            self._heard[name] = at
        for guest in self._guests.values():
            node = speaking.get(guest.node)
            if node:
                self._records[guest.vmid] = _record(guest, node, at)

    def settle(self, guest: Guest) -> None:
        """Broadcast one guest now, as if it had been there for a while."""
        node = self._nodes[guest.node]
        self._records[guest.vmid] = _record(guest, node, self._timeline.now)
        self._heard.setdefault(node.name, self._timeline.now)

    def of(self, vmid: int) -> Record | None:
        """Return the record of a VMID, unless there is none or it is too old."""
        record = self._records.get(vmid)
        return record if record and self._timeline.now - record.at < EXPIRY else None

    def heard(self, node: str) -> float | None:
        """Return when a node last broadcast, unless that is too long ago."""
        at = self._heard.get(node)
        return at if at is not None and self._timeline.now - at < EXPIRY else None

    def forget(self, node: str | None = None) -> None:
        """Lose the records of one node's guests, or of all."""
        for vmid in list(self._records):
            guest = self._guests.get(vmid)
            if node is None or (guest and guest.node == node):
                del self._records[vmid]
        for name in list(self._heard) if node is None else [node]:
            self._heard.pop(name, None)


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
