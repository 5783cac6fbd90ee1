"""A backup: its storage, the privileges and limits it meets, the data it leaves out, and its proof; and the steps of
the one before a hard delete. The backup that a person asks for by name is in `backup_now`.

Before a hard delete the backup is made after the stop and before the destroy. A stopped container is backed up exactly
as it will be destroyed: nothing is written after it, and no snapshot is needed. The price is that a failed backup
leaves the container stopped. So every known obstacle is refused before the container is stopped, and a later failure is
reported together with that state.

vzdump sets and clears a lock in the config, so Proxmox rewrites the file. The digest of a config that was edited by
hand may change by that: the destroy is then refused as changed, and the plan has to be made again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime

from proximity_tui.core.base.text import describe, plain
from proximity_tui.core.doctrine.observation.backup_list import ON_GUEST, ON_STORAGE
from proximity_tui.core.model import (
    Backup,
    BackupMode,
    GuestDetail,
    Plan,
    Refusal,
    RefusalCode,
    Step,
    StepName,
    Task,
    Unread,
    names,
)
from proximity_tui.core.model.actions.plan_options import BackupOptions, DestroyOptions
from proximity_tui.core.model.guests.guest_config import Device, Properties, devices
from proximity_tui.core.model.required_privileges import WHERE_TOLD

START_NOT_KNOWN = "whether somebody started it since its backup is not known"
_STARTS = ("vzstart", "hastart")
_MOVES = ("vzmigrate", "hamigrate")

_IN_BRACES = re.compile(r"\{\{.*?\}\}")

_ARCHIVE = re.compile(r"creating (?:vzdump|Proxmox Backup Server) archive '(?P<path>[^']+)'")
"""The line of the log that names the backup: that of a file was recorded, the other is from Proxmox's source."""


def possible_storages(seen: GuestDetail) -> tuple[str, ...]:
    """Return the names of the storages that a backup of the guest may go to; a person chooses one of them."""
    return seen.backup_storages or ()


def usual_storage(seen: GuestDetail) -> str | None:
    """Return the default storage for a backup: the storage of the last backup, else the only possible one. Return None
    where a person must choose.
    """
    possible = possible_storages(seen)
    latest = max(seen.backups, key=lambda backup: backup.at, default=None)
    last = latest.storage if latest else None
    if last in possible:
        return last
    return possible[0] if len(possible) == 1 else None


def choose_storage(seen: GuestDetail, wanted: str | None) -> str | Refusal:
    """Return the storage for the backup: `wanted`, else the default one; or a refusal that lists
    the possible storages.
    """
    if seen.backup_storages is None:
        gap = seen.gap(Unread.BACKUPS) or "it was not inspected"
        return Refusal(RefusalCode.BACKUP_STORAGE, f"where CT {seen.vmid} could be backed up to is not known: {gap}")
    possible = possible_storages(seen)
    if not possible:
        return Refusal(
            RefusalCode.BACKUP_STORAGE,
            f"no storage of {seen.node} that is active and visible to our token takes backups",
        )
    if wanted is not None and wanted not in possible:
        return Refusal(
            RefusalCode.BACKUP_STORAGE, f"{wanted} takes no backups on {seen.node}: choose {_one_of(possible)}"
        )
    chosen = wanted or usual_storage(seen)
    if chosen is None:
        message = f"several storages of {seen.node} take backups, and none has one of CT {seen.vmid}"
        return Refusal(RefusalCode.BACKUP_STORAGE, f"{message}: choose {_one_of(possible)}")
    return chosen


def check_rights(vmid: int, storage: str, on_guest: Collection[str], on_storage: Collection[str]) -> Refusal | None:
    """Return a refusal when our token may not back up the guest, so that it is not shut down in vain; else None."""
    lacking = [f"{ON_GUEST} on /vms/{vmid}"] if ON_GUEST not in on_guest else []
    lacking += [f"{ON_STORAGE} on /storage/{storage}"] if ON_STORAGE not in on_storage else []
    if not lacking:
        return None
    return Refusal(
        RefusalCode.DENIED, f"CT {vmid} cannot be backed up: our token lacks {describe(lacking)}; {WHERE_TOLD}"
    )


def steps(seen: GuestDetail, storage: str) -> tuple[Step, ...]:
    """Return the steps between the stop and the destroy."""
    return (
        Step(
            StepName.BACK_UP,
            f"back up the stopped CT {seen.vmid} to {storage}, protected. No older backup is removed. If this fails,"
            " nothing is destroyed, and the CT stays stopped",
        ),
        Step(StepName.PROVE_BACKUP, f"verify that {storage} lists the new backup; nothing is destroyed before that"),
    )


def before_destroy(storage: str) -> BackupOptions:
    """Return how a container is backed up before it is destroyed: stopped, and protected, for two reasons. A storage at
    its retention limit takes no other backup without pruning; and VMIDs are used again, so that the backups of the next
    guest there would prune this one, the last of something destroyed.
    """
    return BackupOptions(storage, mode=BackupMode.STOP, protected=True)


def ordered(plan: Plan) -> BackupOptions | None:
    """Return how the backup of a plan is made; None for a plan without one."""
    if isinstance(plan.options, BackupOptions):
        return plan.options
    storage = plan.options.backup_storage if isinstance(plan.options, DestroyOptions) else None
    return before_destroy(storage) if storage else None


def outside_of(seen: GuestDetail) -> tuple[tuple[str, Properties], ...]:
    """Return the mount points and unused volumes that no backup of the guest holds, by key: bind mounts, and volumes
    without the `backup` flag.
    """
    found = devices(seen.config or {}, Device.MOUNT, Device.UNUSED)
    return tuple((key, mount) for key, mount in found if mount.is_folder or mount.named.get("backup") != "1")


def place_of(mount: Properties) -> str:
    """Return where a mount point is mounted, else its volume; for a person."""
    return plain(mount.named.get("mp") or mount.volume or "")


def left_out(seen: GuestDetail) -> tuple[str, ...]:
    """Return the data that the destroy removes and no backup holds: volumes without the `backup`
    flag, and snapshots.
    """
    found = []
    for key, mount in outside_of(seen):
        if not mount.is_folder:
            found.append(f"{key} ({place_of(mount)}) is not part of a backup and is destroyed without one")
    if (seen.config or {}).get("parent"):
        found.append("its snapshots are not part of a backup and are destroyed without one")
    return tuple(found)


def find_new(
    order: BackupOptions, before: Collection[str], listed: Iterable[Backup], log: Iterable[str] = ()
) -> Backup | None:
    """Return the backup that our task made, or None: the one that its `log` names, because a job may make another one
    at the same time; where that names none the newest that is as it was ordered. One whose volume id is in `before`
    does not count, nor does an empty one.
    """
    fresh = [one for one in new_since(before, listed) if one.size != 0]
    named = {names.file_of(found["path"]) for line in log if (found := _ARCHIVE.search(line)) is not None}
    ours = [one for one in fresh if (names.file_of(one.volid) in named if named else is_as_ordered(order, one))]
    return max(ours, key=lambda backup: backup.at, default=None)


def new_since(before: Collection[str], listed: Iterable[Backup]) -> tuple[Backup, ...]:
    """Return the backups whose volume id is not in `before`, whole ones and others."""
    return tuple(one for one in listed if one.volid not in before)


def is_as_ordered(order: BackupOptions, found: Backup) -> bool:
    """Return whether a backup may be the one that was ordered: it is whole, and has its protection and its note, of
    which a list shows the first line.
    """
    first, _, _ = order.note.partition("\\n")
    wanted = ".*".join(map(re.escape, _IN_BRACES.split(first))).strip()
    noted = re.fullmatch(wanted, (found.notes or "").strip()) is not None
    return found.size != 0 and found.protected is order.protected and noted


def why_outdated(tasks: Collection[Task], began: datetime, made_by: str | None) -> str | None:
    """Return the reason why a backup that began then is not the last state: somebody started the container later, or
    moved it to a node that has tasks of its own, or tried to, or the tasks do not go back to the one that it was
    `made_by`. Return None where nothing of that is known. Both times are Proxmox's own; what our token may
    not see is not known here.
    """
    later = [task for task in tasks if task.started_at > began]
    for task in later:
        if task.type in _STARTS and not task.failed:
            return f"{task.user} started it after the backup, so the backup lacks its later changes"
    for task in later:
        if task.type in _MOVES and not task.failed:
            return f"{task.user} moved it after the backup, and whether it ran elsewhere is not known"
    for task in later:
        # It may have run for a moment, or have arrived there all the same.
        if task.type in (*_STARTS, *_MOVES):
            tried = "start" if task.type in _STARTS else "move"
            return f"{task.user} tried to {tried} it after the backup, and whether it ran is not known"
    if made_by not in {task.upid for task in tasks}:
        return f"{START_NOT_KNOWN}: its task is not listed any more"
    return None


def _one_of(storages: Collection[str]) -> str:
    return next(iter(storages)) if len(storages) == 1 else f"one of {', '.join(storages)}"
