"""The hosts of the simulated cluster. Knows hosts, not their guests."""

from __future__ import annotations

from dataclasses import dataclass

from proximity_tui.simulator.world.simulated_guest import GIB


@dataclass
class Node:
    """A host. `number` starts at 1 in the order of joining; memory and disk in bytes; `boot` in epoch seconds."""

    name: str
    number: int
    boot: float
    online: bool = True
    cpus: int = 16
    memory: int = 128 * GIB
    disk: int = 94 * GIB
    statd: bool = True
    maintenance: bool = False
    """Whether HA was told to leave it alone."""

    @property
    def address(self) -> str:
        return f"10.10.10.{10 + self.number}"
