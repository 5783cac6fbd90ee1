"""Load figures of guests and nodes: a pure function of seed, identity and time. Most guests are calm and a few are
busy, so that a screen full of them looks like a cluster at work."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from functools import lru_cache

PRESSURES = ("cpu", "io", "memory")
"""What the kernel reports the pressure of."""

_STEP = 10.0


@dataclass(frozen=True, slots=True)
class Load:
    """One moment of a running guest. `cpu` is a fraction of its own limit; counters are bytes since its start."""

    cpu: float
    mem: int
    swap: int
    disk: int
    netin: int
    netout: int
    diskread: int
    diskwrite: int


IDLE = Load(0, 0, 0, 0, 0, 0, 0, 0)


def unit(*key: object) -> float:
    """Return a number in [0, 1) that depends on nothing but the key."""
    return zlib.crc32(repr(key).encode()) / 2**32


def load(seed: int, vmid: int, when: float, uptime: float, maxmem: int, maxdisk: int) -> Load:
    """Return the figures of one running guest. Counters never fall while `uptime` grows."""
    base, period, phase, memory, disk, rate = _load_profile(seed, vmid)
    swing = 0.5 * math.sin(when / period + phase)
    noise = unit(seed, vmid, int(when // _STEP)) - 0.5
    cpu = min(0.99, max(0.0004, base * (1 + 0.4 * swing + 0.5 * noise)))
    ticks = max(uptime, 0.0)
    return Load(
        cpu=round(cpu, 6),
        mem=int(maxmem * min(0.97, memory + 0.04 * swing + 0.01 * noise)),
        swap=0,
        disk=int(maxdisk * min(0.97, disk + ticks * 1e-8)),
        netin=int(rate * ticks),
        netout=int(rate * 0.6 * ticks),
        diskread=int(rate * 0.2 * ticks),
        diskwrite=int(rate * 0.35 * ticks),
    )


def node_cpu(seed: int, name: str, when: float) -> float:
    """Return the cpu fraction of a whole node."""
    base = 0.08 + 0.22 * unit(seed, name)
    return round(base * (1 + 0.4 * math.sin(when / 130) + 0.3 * (unit(seed, name, int(when // _STEP)) - 0.5)), 6)


def node_memory(seed: int, name: str) -> float:
    """Return the fraction of its memory that a node uses."""
    return 0.2 + 0.4 * unit(seed, name, "mem")


@lru_cache(maxsize=20_000)
def _load_profile(seed: int, vmid: int) -> tuple[float, float, float, float, float, float]:
    """Return the constants of a guest: cpu level, its period and phase, memory, disk, and bytes per second."""
    character = unit(seed, vmid, "character")
    busy = character > 0.88
    return (
        0.30 + 0.45 * unit(seed, vmid, "base") if busy else 0.002 + 0.06 * character,
        90 + 400 * unit(seed, vmid, "period"),
        6.3 * character,
        0.12 + 0.55 * unit(seed, vmid, "memory"),
        0.08 + 0.6 * unit(seed, vmid, "disk"),
        (40_000 if busy else 900) * (0.3 + unit(seed, vmid, "net")),
    )
