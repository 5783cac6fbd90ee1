"""A guest as its configuration file describes it, and its running state. Knows how a file is rendered and digested; the
calls decide who may change it and when.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

MIB = 1024 * 1024
GIB = 1024 * MIB

Value = str | int
Conf = dict[str, Value]

_VOLUME_KEY = re.compile(r"(rootfs|mp\d+|unused\d+)\Z")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([KMGT]?)\Z")
_FACTOR = {"": 1, "K": 1024, "M": MIB, "G": GIB, "T": 1024 * GIB}


@dataclass
class Snapshot:
    """One snapshot: `snaptime` in epoch seconds, the configuration of that moment, and the one before it."""

    name: str
    snaptime: int
    description: str
    conf: Conf
    parent: str | None = None


@dataclass
class Guest:
    """One VMID. `conf` holds what the file holds, `lock` and `parent` included. `started_at` is None when stopped."""

    vmid: int
    node: str
    conf: Conf
    type: str = "lxc"
    started_at: float | None = None
    pid: int | None = None
    created_at: float = 0.0
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    pending: dict[str, Value | None] = field(default_factory=dict)
    freed: bool = False
    ignores_shutdown: bool = False

    @property
    def running(self) -> bool:
        return self.started_at is not None

    @property
    def status(self) -> str:
        return "running" if self.running else "stopped"

    @property
    def lock(self) -> str | None:
        lock = self.conf.get("lock")
        return str(lock) if lock else None

    @property
    def name(self) -> str:
        given = str(self.conf.get("hostname") or self.conf.get("name") or "")
        return re.sub(r"\s", "", given) or f"{'CT' if self.type == 'lxc' else 'VM'}{self.vmid}"

    @property
    def template(self) -> bool:
        return self.conf.get("template") == 1

    @property
    def protected(self) -> bool:
        return self.conf.get("protection") == 1

    @property
    def maxmem(self) -> int:
        return int(self.conf.get("memory") or 512) * MIB

    @property
    def maxswap(self) -> int:
        return int(self.conf.get("swap") or 0) * MIB

    @property
    def size(self) -> int:
        """The configured size of the root disk in bytes; 4 GiB where the configuration does not say."""
        return volume_size(str(self.conf.get("rootfs", ""))) or 4 * GIB

    @property
    def maxdisk(self) -> int:
        """The size of the file system in bytes: a running container reports a little less than its disk."""
        return int(self.size * 0.9506) // 4096 * 4096 if self.running else self.size

    def cpus(self, host: int) -> float:
        cores = self.conf.get("cores") or self.conf.get("cpulimit") or host
        number = float(cores)
        return int(number) if number.is_integer() else number

    def uptime(self, now: float) -> int:
        return 0 if self.started_at is None else max(0, int(now - self.started_at))

    def volumes(self) -> dict[str, str]:
        """Return the volume id by configuration key; bind mounts are not volumes."""
        found = {key: str(value).split(",", 1)[0] for key, value in self.conf.items() if _VOLUME_KEY.match(key)}
        return {key: volume for key, volume in found.items() if not volume.startswith("/")}

    @property
    def digest(self) -> str:
        return hashlib.sha1(self.render().encode(), usedforsecurity=False).hexdigest()

    def render(self) -> str:
        """Return the file as text: the present part, then pending changes, then snapshots."""
        parts = [_section(self.conf)]
        if self.pending:
            wanted: Conf = {key: value for key, value in self.pending.items() if value is not None}
            dropped = ",".join(sorted(key for key, value in self.pending.items() if value is None))
            parts.append("\n[pve:pending]\n" + _section(wanted) + (f"delete: {dropped}\n" if dropped else ""))
        for snapshot in self.snapshots.values():
            head = f"\n[{snapshot.name}]\nsnaptime: {snapshot.snaptime}\nparent: {snapshot.parent}\n"
            parts.append(head + _section(snapshot.conf) + snapshot.description)
        return "".join(parts)


@lru_cache(maxsize=20_000)
def volume_size(volume: str) -> int:
    """Return the `size=` of a volume setting in bytes, 0 where there is none."""
    for part in volume.split(","):
        key, _, value = part.partition("=")
        if key == "size":
            return parse_size(value) or 0
    return 0


def parse_size(text: str) -> int | None:
    match = _SIZE.match(text)
    return int(float(match[1]) * _FACTOR[match[2]]) if match else None


def format_size(size: int) -> str:
    """Return the shortest exact form, as Proxmox writes it: `8G`, `1124M`."""
    for unit in ("T", "G", "M", "K"):
        if size % _FACTOR[unit] == 0:
            return f"{size // _FACTOR[unit]}{unit}"
    return str(size)


def _section(conf: Mapping[str, Value]) -> str:
    comment = "".join(f"#{line}\n" for line in str(conf.get("description", "")).splitlines())
    return comment + "".join(f"{key}: {conf[key]}\n" for key in sorted(conf) if key != "description")
