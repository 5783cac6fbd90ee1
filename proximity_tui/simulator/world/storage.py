"""Storages and what lies on them besides the disks that configurations name: templates, backups, orphaned volumes.
Knows how each kind of storage names a volume; moves no data."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from proximity_tui.simulator.world import load_figures
from proximity_tui.simulator.world.simulated_guest import GIB, Conf

_VERIFIED_BY = "UPID:pbs:000002A1:0000B4C2:00000001:6B03F454:verificationjob:store:root@pam:"
_SNAPSHOTTING = frozenset({"lvmthin", "btrfs", "zfspool", "rbd"})


@dataclass(frozen=True)
class Volume:
    """A file or disk: `content` is vztmpl, backup, rootdir or images; sizes in bytes, `ctime` in epoch seconds."""

    volid: str
    content: str
    format: str
    size: int
    ctime: int
    vmid: int | None = None
    conf: Conf | None = None
    protected: bool = False
    notes: str = ""
    verification: str | None = None
    """What a Proxmox Backup Server found when it verified the backup: ok or failed; None where it never did."""
    encrypted: str | None = None
    """The fingerprint of the key of an encrypted backup."""

    def row(self) -> dict[str, Any]:
        """Return the row of `storage/{storage}/content`."""
        row: dict[str, Any] = {
            "volid": self.volid,
            "content": self.content,
            "format": self.format,
            "size": self.size,
            "ctime": self.ctime,
        }
        if self.vmid is not None:
            row["vmid"] = self.vmid
        if self.content == "backup":
            row["subtype"] = "lxc"
            if self.protected:
                row["protected"] = 1
            if self.notes:
                # From Proxmox's source: the list has the first line.
                row["notes"] = self.notes.partition("\n")[0]
            if self.verification is not None:
                row["verification"] = {"state": self.verification, "upid": _VERIFIED_BY}
            if self.encrypted is not None:
                row["encrypted"] = self.encrypted
        elif self.content in ("rootdir", "images"):
            row |= {"parent": None, "used": self.size // 5}
        return row


@dataclass
class Storage:
    """One storage of the cluster. `nodes` is None where every node has it; files of a shared one are seen by all.
    `keep_last` is how many backups of a guest its retention keeps, None for all; `max_protected` how many protected
    ones anybody may have there (-1: no limit), None where that depends on the token."""

    name: str
    type: str
    content: tuple[str, ...]
    size: int = 200 * GIB
    shared: bool = False
    path: str | None = None
    nodes: frozenset[str] | None = None
    keep_last: int | None = None
    max_protected: int | None = None
    files: dict[str, list[Volume]] = field(default_factory=dict)
    share: float | None = None
    """The share of it in use; None for one that its name decides."""
    down: dict[str, float] = field(default_factory=dict)
    """The nodes that cannot reach it, and since when."""
    disabled: bool = False
    """Whether a person disabled it in the configuration."""

    def used(self, seed: int, node: str) -> int:
        """Return the bytes in use, as a node counts them."""
        share = 0.2 + 0.4 * load_figures.unit(seed, self.name, node) if self.share is None else self.share
        return int(self.size * share)

    def on(self, node: str) -> bool:
        return self.nodes is None or node in self.nodes

    def files_on(self, node: str) -> list[Volume]:
        return self.files.setdefault("" if self.shared else node, [])

    @property
    def retention(self) -> str:
        """Its retention as Proxmox writes it."""
        return "keep-all=1" if self.keep_last is None else f"keep-last={self.keep_last}"

    def backup_name(self, vmid: int, when: float, format: str) -> str:
        """Return the volume id of a backup made at that time; there is one per second. A Proxmox Backup Server has
        groups of snapshots, other storages have files.
        """
        moment = time.gmtime(when)
        if self.type == "pbs":
            return f"{self.name}:backup/ct/{vmid}/{time.strftime('%Y-%m-%dT%H:%M:%SZ', moment)}"
        return f"{self.name}:backup/vzdump-lxc-{vmid}-{time.strftime('%Y_%m_%d-%H_%M_%S', moment)}.{format}"

    def prunable(self, node: str, vmid: int) -> list[Volume]:
        """Return the backups of a guest that retention counts, oldest first: protected ones it neither counts nor
        removes.
        """
        found = [file for file in self.files_on(node) if file.content == "backup" and file.vmid == vmid]
        return sorted((file for file in found if not file.protected), key=lambda file: file.ctime)

    def protected(self, node: str, vmid: int) -> int:
        """Return the number of protected backups of a guest."""
        return sum(file.content == "backup" and file.vmid == vmid and file.protected for file in self.files_on(node))

    def prune(self, node: str, vmid: int) -> int:
        """Remove the oldest backups of a guest beyond its retention; return their number."""
        counted = self.prunable(node, vmid)
        surplus = [] if self.keep_last is None else counted[: max(0, len(counted) - self.keep_last)]
        for file in surplus:
            self.files_on(node).remove(file)
        return len(surplus)

    @property
    def snapshots(self) -> bool:
        return self.type in _SNAPSHOTTING

    def drop_orphans(self, vmid: int) -> None:
        """Free every disk of a VMID that no configuration names."""
        for place, files in self.files.items():
            self.files[place] = [file for file in files if file.vmid != vmid or file.content == "backup"]

    def disk(self, vmid: int, number: int, *, base: bool = False) -> str:
        """Return the volume id of a container's disk, in the manner of this kind of storage."""
        name = f"{'base' if base else 'vm'}-{vmid}-disk-{number}"
        return f"{self.name}:{vmid}/{name}.raw" if self.path else f"{self.name}:{name}"

    def format(self) -> str:
        return "subvol" if self.type == "zfspool" else "raw"
