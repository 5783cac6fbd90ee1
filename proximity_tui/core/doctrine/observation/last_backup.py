"""The last backup of a container, by the newest ones of its cluster: known, none, or not known and why. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.backup_list import (
    BackupOwner,
    owner_of,
    why_storages_unlisted,
    why_unlisted,
)
from proximity_tui.core.model import Backup, Container, NewestBackups

_STORAGES, _GUESTS = "/storage", "/vms"


@value_object
class LastBackup:
    """The newest backup of a container that is listed; without one, why it is not known that there is none."""

    backup: Backup | None = None
    unknown: str | None = None
    read_at: datetime | None = None
    """When the backups were listed; None where they never were."""

    @property
    def is_none(self) -> bool:
        """True when it is known that there is no backup."""
        return self.backup is None and self.unknown is None


def last_backup(listed: NewestBackups, container: Container) -> LastBackup:
    """Return the last backup of a container. A backup of a former guest of its VMID is none of its own."""
    return replace(_last_backup(listed, container), read_at=listed.taken_at)


def _last_backup(listed: NewestBackups, container: Container) -> LastBackup:
    if container.vmid is None:
        return LastBackup(unknown="it has no VMID")
    newest = listed.newest.get(container.vmid)
    owner = None if newest is None else owner_of(newest, container)
    if owner is BackupOwner.OURS:
        return LastBackup(newest)
    if owner is BackupOwner.UNSURE:
        return LastBackup(unknown=f"the newest backup of VMID {container.vmid} may be of a former CT {container.vmid}")
    reasons = [gap.sentence for gap in listed.gaps]
    on_guest = _granted(listed, _GUESTS, str(container.vmid))
    unlisted = (
        why_unlisted(container.vmid, one, on_guest, _granted(listed, _STORAGES, one)) for one in listed.storages
    )
    reasons += [reason for reason in (*unlisted, why_storages_unlisted(_granted(listed, _STORAGES, ""))) if reason]
    if not reasons:
        return LastBackup()
    more = f", and {len(reasons) - 1} more reasons" if len(reasons) > 1 else ""
    return LastBackup(unknown=f"{reasons[0]}{more}")


def _granted(listed: NewestBackups, where: str, name: str) -> frozenset[str]:
    """Return what our token may do on a path: by an entry of its own, else as inherited. Proxmox lists the paths with
    entries, the members of pools, and the roots.
    """
    own = listed.granted.get(f"{where}/{name}") if name else None
    return own if own is not None else listed.granted.get(where, frozenset())
