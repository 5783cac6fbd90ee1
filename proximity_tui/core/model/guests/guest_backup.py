"""Backups of guests as Proxmox lists them, and the gaps of such a list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from proximity_tui.core.base.text import read_word
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.names import storage_of


class BackupMode(StrEnum):
    """How a container that runs is backed up. One that is stopped stays so in each of them."""

    SNAPSHOT = "snapshot"
    """From a snapshot of its volumes, while it runs."""
    SUSPEND = "suspend"
    """Copied while it runs, and paused for what changed meanwhile."""
    STOP = "stop"
    """Shut down first, and started again when the backup is made."""


class Compression(StrEnum):
    """How a backup is compressed. A Proxmox Backup Server compresses in its own way."""

    ZSTD = "zstd"
    GZIP = "gzip"
    LZO = "lzo"
    NONE = "none"


class Verification(StrEnum):
    """The result of the last verification of a backup by a Proxmox Backup Server. Other storages verify nothing."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """It was verified, and the result is none that we know."""

    @classmethod
    def read(cls, text: object) -> Verification:
        """Return the result that `text` names, `UNKNOWN` for anything else."""
        return read_word(text, cls.UNKNOWN)


@value_object
class Backup:
    """A backup of a guest that Proxmox lists."""

    volid: str
    at: datetime
    size: int | None = None
    protected: bool = False
    notes: str | None = None
    """The first line of its notes; a backup job puts the name of the guest there."""
    vmid: int | None = None
    format: str | None = None
    """`tar.zst` and the like; `pbs-ct` on a Proxmox Backup Server."""
    verification: Verification | None = None
    """None where it was never verified, and where the storage verifies nothing."""
    encrypted: bool = False
    nodes: tuple[str, ...] = ()
    """The nodes that reach it; empty where only one node was asked."""

    @property
    def storage(self) -> str:
        """The storage that it lies on."""
        return storage_of(self.volid)


class Unlisted(StrEnum):
    """The reason why a list may lack backups."""

    NODE_OFFLINE = "node_offline"
    STORAGE_OFFLINE = "storage_offline"
    NO_RIGHT = "no_right"
    STORAGES_HIDDEN = "storages_hidden"
    """Storages that our token may not see are not listed at all."""
    UNREADABLE = "unreadable"
    """The storage was asked and gave no usable answer, or one with a row that cannot be read."""
    RIGHTS_UNKNOWN = "rights_unknown"


@value_object
class BackupGap:
    """A reason why a list of backups may lack some, with its sentence for a person."""

    why: Unlisted
    sentence: str
    storage: str | None = None
    """The storage, None for a reason that is of no single one."""
    node: str | None = None


@value_object
class NewestBackups:
    """The newest backup of each VMID on all storages of a cluster, from one list of each storage."""

    taken_at: datetime
    newest: Mapping[int, Backup]
    gaps: tuple[BackupGap, ...]
    """The storages that could not be listed."""
    storages: tuple[str, ...]
    """The storages that were listed."""
    granted: Mapping[str, frozenset[str]]
    """What our token may do, by path, as it was read after the lists; it decides what they may have left out."""


@value_object
class BackupList:
    """The backups of one VMID that Proxmox listed, newest first, of whichever containers."""

    found: tuple[Backup, ...] = ()
    gaps: tuple[BackupGap, ...] = ()
    """Why there may be more; an empty `found` says "none" only without."""

    @property
    def unlisted(self) -> tuple[str, ...]:
        """The sentences of the gaps, each with the right that would show the backups."""
        return tuple(gap.sentence for gap in self.gaps)

    @property
    def says_none(self) -> bool:
        """True when it is known that there is no backup."""
        return not self.found and not self.gaps
