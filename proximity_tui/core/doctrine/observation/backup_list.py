"""The meaning of a list of backups: the privilege that shows them, their owner, and how many more may be kept.

Pure. Proxmox answers 200 with an empty list to a token that may not see the backups of a VMID, and lists the backups of
every container that ever had that VMID.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from enum import StrEnum

from proximity_tui.core.model import Backup, Container, Kind, Refusal, RefusalCode
from proximity_tui.core.model.privilege import Privilege

ON_GUEST = Privilege.VM_BACKUP
"""The privilege on the guest without which vzdump fails, and that only in its task (from Proxmox's source)."""

ON_STORAGE = Privilege.STORAGE_SPACE
"""The privilege on the storage without which Proxmox refuses at once, and lists no backup, either."""

MANAGES = Privilege.STORAGE_MANAGE
"""The privilege on the storage that shows the backups of every VMID and lifts the limit of protected ones."""

SHOWS_STORAGE = (Privilege.STORAGE_AUDIT, ON_STORAGE)
"""One of them on a storage lists the storage itself."""

USUAL_LIMIT = 5
"""How many protected backups of a VMID a token without Datastore.Allocate may keep on a storage."""

NO_LIMIT = -1

_CLOCKS = timedelta(seconds=5)
"""How far Proxmox's clock may be off ours without anybody noticing."""


class BackupOwner(StrEnum):
    """The owner of a backup of a VMID."""

    OURS = "ours"
    FORMER = "former"
    """Of a container that had the VMID before."""
    UNSURE = "unsure"
    """Older than our record of an adopted container, which may be older than its record."""


def why_unlisted(vmid: int, storage: str, on_guest: Collection[str], on_storage: Collection[str]) -> str | None:
    """Return the reason why the list of a storage may lack backups of a VMID; None where it lists all of them."""
    if MANAGES in on_storage or (ON_STORAGE in on_storage and ON_GUEST in on_guest):
        return None
    needed = f"{MANAGES} on /storage/{storage}, or {ON_STORAGE} there and {ON_GUEST} on /vms/{vmid}"
    return f"backups on storage {storage} are not shown to our token (needs {needed})"


def why_storages_unlisted(on_storages: Collection[str]) -> str | None:
    """Return the reason why storages that hold backups may not be listed, by the privileges on
    `/storage`; else None.
    """
    if any(one in on_storages for one in SHOWS_STORAGE):
        return None
    return "storages without Datastore.Audit for our token are not listed, and neither are their backups"


def owner_of(backup: Backup, container: Container, ahead: timedelta = timedelta(0)) -> BackupOwner:
    """Return the owner of a backup, by its age and its notes; `ahead` is how far Proxmox's clock is ahead of ours."""
    if backup.at - ahead >= container.created_at - _CLOCKS:
        return BackupOwner.OURS
    if container.kind is Kind.NATIVE and container.predecessor is None:
        return BackupOwner.FORMER
    # A backup job notes the name of the guest, unless it was told something else.
    return BackupOwner.OURS if backup.notes and backup.notes.strip() == container.name else BackupOwner.UNSURE


def of_owner(
    backups: Iterable[Backup], container: Container, owner: BackupOwner, ahead: timedelta = timedelta(0)
) -> tuple[Backup, ...]:
    """Return the backups of one owner, in the order in which they are given."""
    return tuple(one for one in backups if owner_of(one, container, ahead) is owner)


def label(backup: Backup, container: Container) -> str:
    """Return the text for a backup: its volume, and its owner where that is not our container."""
    return f"{backup.volid}{owner_note(owner_of(backup, container), container.vmid)}"


def owner_words(owner: BackupOwner, vmid: int | None) -> str:
    """Return whose a backup is, where it is not certainly the container's; else nothing."""
    return {
        BackupOwner.OURS: "",
        BackupOwner.FORMER: f"of a former CT {vmid}",
        BackupOwner.UNSURE: f"may be of a former CT {vmid}",
    }[owner]


def owner_note(owner: BackupOwner, vmid: int | None) -> str:
    """Return the same to stand behind a volume, in brackets."""
    words = owner_words(owner, vmid)
    return f" ({words})" if words else ""


def warnings(container: Container, backups: Collection[Backup], unlisted: Collection[str]) -> tuple[str, ...]:
    """Return the warnings about the backups before a container is destroyed without a new one."""
    if of_owner(backups, container, BackupOwner.OURS):
        return ()
    vmid = container.vmid
    warnings = list(unlisted) if unlisted else ["no backup of it was found"]
    if unlisted:
        warnings.insert(0, "it is not known whether there is a backup of it")
    former = of_owner(backups, container, BackupOwner.FORMER)
    unsure = of_owner(backups, container, BackupOwner.UNSURE)
    if former:
        warnings.append(f"the backups of VMID {vmid} are {owner_words(BackupOwner.FORMER, vmid)}: {_newest(former)}")
    if unsure:
        warnings.append(
            f"{_newest(unsure)} is older than our record and {owner_words(BackupOwner.UNSURE, container.vmid)}"
        )
    return tuple(warnings)


def check_limit(vmid: int, storage: str, backups: Iterable[Backup], limit: int) -> Refusal | None:
    """Return a refusal where one more protected backup of a VMID would exceed the limit of its storage, else None."""
    full = too_many_protected(vmid, storage, backups, limit)
    if full is None:
        return None
    reason = (
        f"CT {vmid} cannot be backed up to {storage}: {full}. Remove the protection of one, or name another storage"
    )
    return Refusal(RefusalCode.BACKUP_LIMIT, reason)


def too_many_protected(vmid: int, storage: str, backups: Iterable[Backup], limit: int) -> str | None:
    """Return why a storage takes no further protected backup of a VMID; None where it does."""
    kept = sum(one.protected and one.storage == storage for one in backups)
    if limit == NO_LIMIT or kept < limit:
        return None
    return f"{kept} protected backups of VMID {vmid} are there, and Proxmox lets our token keep {limit}"


def check_retention(vmid: int, storage: str, backups: Iterable[Backup], keeps: int | None) -> Refusal | None:
    """Return a refusal where a storage keeps no more unprotected backups of a VMID without removing one, else None.
    `keeps` is how many its retention keeps, None for any number.
    """
    kept = sum(not one.protected and one.storage == storage for one in backups)
    if not keeps or kept < keeps:
        return None
    reason = (
        f"CT {vmid} cannot be backed up to {storage}: its retention keeps {keeps} backups of a guest and {kept} are"
        " there, and we never remove one. Make the new one protected, or name another storage"
    )
    return Refusal(RefusalCode.BACKUP_LIMIT, reason)


def limit_of(configured: int | None, on_storage: Collection[str]) -> int:
    """Return how many protected backups of a VMID a storage takes from us: as configured, else by our privileges."""
    if configured is not None:
        return configured
    return NO_LIMIT if MANAGES in on_storage else USUAL_LIMIT


def _newest(backups: Collection[Backup]) -> str:
    return max(backups, key=lambda one: one.at).volid
