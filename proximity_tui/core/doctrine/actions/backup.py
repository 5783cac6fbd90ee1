"""Backing up before a hard delete: where to, with what rights, what no backup holds, and when one is believed.

It comes after the stop and before the destroy. A container that is stopped is backed up as it will be destroyed:
nothing is written after it, no snapshot is needed, and it is the one mode that was recorded. The price is that a backup
that fails leaves it stopped; so what can be known to stand in its way is refused before anything is asked of it, and
what fails all the same is said together with that.

vzdump sets and clears a lock in the config, so Proxmox writes the file anew. One edited by hand may get another
digest by that (not recorded): the destroy is then refused as changed, and the plan has to be made again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime

from proximity_tui.core.base.text import plain
from proximity_tui.core.doctrine.observation.backup_list import ON_GUEST, ON_STORAGE
from proximity_tui.core.model import Backup, GuestDetail, Refusal, Step, Task, describe

_VOLUME = re.compile(r"(mp|unused)[0-9]+")
_STARTS = ("vzstart", "hastart")


def possible_storages(seen: GuestDetail) -> tuple[str, ...]:
    """The storages that a backup of the guest may go to, by name; a person chooses from these."""
    return seen.backup_storages or ()


def usual_storage(seen: GuestDetail) -> str | None:
    """Where a backup goes when nobody says: where its last one is, else the only place there is. None: say it."""
    possible = possible_storages(seen)
    latest = max(seen.backups, key=lambda backup: backup.at, default=None)
    last = latest.volid.partition(":")[0] if latest else None
    if last in possible:
        return last
    return possible[0] if len(possible) == 1 else None


def choose_storage(seen: GuestDetail, wanted: str | None) -> str | Refusal:
    """Where the backup goes: to `wanted`, else to the usual storage; or why that is not possible, with what is."""
    if seen.backup_storages is None:
        gap = next((gap for gap in seen.gaps if gap.startswith("backups")), "it was not looked at")
        return Refusal("backup_storage", f"where CT {seen.vmid} could be backed up to is not known: {gap}")
    possible = possible_storages(seen)
    if not possible:
        return Refusal("backup_storage", f"no storage of {seen.node} that we may see and that is active takes backups")
    if wanted is not None and wanted not in possible:
        return Refusal("backup_storage", f"{wanted} takes no backups on {seen.node}: name {_one_of(possible)}")
    chosen = wanted or usual_storage(seen)
    if chosen is None:
        said = f"several storages of {seen.node} take backups, and none has one of CT {seen.vmid}"
        return Refusal("backup_storage", f"{said}: name {_one_of(possible)}")
    return chosen


def check_rights(vmid: int, storage: str, on_guest: Collection[str], on_storage: Collection[str]) -> Refusal | None:
    """Refuses when our token could not back it up: better said before it is shut down than after."""
    lacking = [f"{ON_GUEST} on /vms/{vmid}"] if ON_GUEST not in on_guest else []
    lacking += [f"{ON_STORAGE} on /storage/{storage}"] if ON_STORAGE not in on_storage else []
    if not lacking:
        return None
    return Refusal("denied", f"CT {vmid} cannot be backed up: our token lacks {describe(lacking)}")


def steps(seen: GuestDetail, storage: str) -> tuple[Step, ...]:
    """What is done between the stop and the destroy."""
    return (
        Step(
            "back_up",
            f"back CT {seen.vmid} up to {storage} as it is then, stopped and consistent; the backup is protected and no"
            " older one goes for it. If this fails nothing is destroyed, and it stays stopped",
        ),
        Step("prove_backup", f"see the new backup listed on {storage}; nothing is destroyed before"),
    )


def left_out(seen: GuestDetail) -> tuple[str, ...]:
    """What the destroy takes and no backup of Proxmox holds: volumes without the `backup` flag, and snapshots."""
    found = []
    for key, value in sorted((seen.config or {}).items()):
        volume, _, settings = str(value).partition(",")
        if _VOLUME.fullmatch(key) and not volume.startswith("/") and "backup=1" not in settings.split(","):
            path = next((one[3:] for one in settings.split(",") if one.startswith("mp=")), volume)
            found.append(f"{key} ({plain(path)}) is not part of a backup and is destroyed without one")
    if (seen.config or {}).get("parent"):
        found.append("its snapshots are not part of a backup and are destroyed without one")
    return tuple(found)


def find_new(before: Collection[str], listed: Iterable[Backup]) -> Backup | None:
    """The backup that was not there `before`, by volume id, the newest if there are several; an empty one is none."""
    fresh = [one for one in listed if one.volid not in before and one.size != 0]
    return max(fresh, key=lambda backup: backup.at, default=None)


def why_outdated(tasks: Iterable[Task], began: datetime) -> str | None:
    """Why a backup that began then is not the last state: somebody started the container later. Both times are
    Proxmox's own; a start that our token may not see is not known here."""
    later = [task for task in tasks if task.type in _STARTS and task.started_at > began]
    if not later:
        return None
    return f"{later[0].user} started it after it was backed up, so the backup lacks what it wrote since"


def _one_of(storages: Collection[str]) -> str:
    return next(iter(storages)) if len(storages) == 1 else f"one of {', '.join(storages)}"
