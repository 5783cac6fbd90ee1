"""Stale locks: a lock that has outlived its task. No task works on the guest, and Proxmox refuses every change.

Pure. A lock by itself is no fault: a task sets it for as long as it works. Only `pct unlock`, typed on the node,
removes it; no API token may.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from proximity_tui.core.base.text import human_age
from proximity_tui.core.doctrine.reconciliation.cluster_problems import BACKUP
from proximity_tui.core.model import Container, Guest, Lock, Presence, Task

LASTS = timedelta(minutes=15)
"""How long a lock must have been seen, in lived time, before it is stale: most tasks are over long before."""

CLONE = "vzclone"
"""The type of the tasks that copy a guest, listed under the VMID of its source."""

_WARNINGS: Mapping[str, str] = {
    Lock.CREATE: "its creation or restore was interrupted: it may have no volumes, or half of their contents",
    Lock.ROLLBACK: "its volumes may be from two different times",
    Lock.SNAPSHOT: "the unfinished snapshot may be listed but incomplete",
    Lock.SNAPSHOT_DELETE: "the snapshot may be listed and half deleted;"
    " remove it with: pct delsnapshot VMID NAME --force",
    Lock.BACKUP: "that backup is incomplete, and a snapshot `vzdump` may be left behind",
    Lock.MIGRATE: "its volumes may be on two nodes",
    Lock.MOUNTED: "its volumes are mounted on the node: type `pct unmount VMID` instead",
}


def watched_lock(container: Container, guest: Guest | None, presence: Presence) -> str | None:
    """Return the lock of a guest if it is one that may grow stale, else None. The remains of a destroy have an alert of
    their own.
    """
    if guest is None or not guest.is_container or presence is Presence.REPLACED or guest.lock == Lock.DESTROYED:
        return None
    return guest.lock


def is_of_other_nodes(lock: str) -> bool:
    """Return whether the task that set a lock may run on another node than the guest is on: a move runs where it came
    from, and a copy where its source is.
    """
    return lock in (Lock.MIGRATE, Lock.CREATE)


def may_hold(task: Task, guest: Guest) -> bool:
    """Return whether a running task may be the one that set the lock of a guest. A backup of many guests names none of
    them in its task, and a copy only its source.
    """
    vmid = str(guest.vmid)
    # `101-mp0>101-mp1` is a volume that is moved.
    if task.id == vmid or task.id.startswith(f"{vmid}-"):
        return True
    backs_up_many = task.type == BACKUP and not task.id and task.node == guest.node
    return backs_up_many or (guest.lock == Lock.CREATE and task.type == CLONE)


def command(vmid: int | None, lock: str) -> str:
    """Return the command that removes a lock, to be run as root on the node."""
    return f"pct unmount {vmid}" if lock == Lock.MOUNTED else f"pct unlock {vmid}"


def warning(vmid: int | None, lock: str) -> str:
    """Return the warning about possible damage to a guest whose lock is stale."""
    return _WARNINGS.get(lock, "the task that set it was interrupted").replace("VMID", str(vmid))


def sentence(container: Container, guest: Guest, lasted: timedelta, *, tasks_hidden: bool) -> str:
    """Return the message of the alert: the observation, its duration, and the advice. `tasks_hidden` says that our
    token is not shown the tasks of others on a node where its task may run.
    """
    lock, vmid = guest.lock or "", container.vmid
    tasks = "no task of ours runs on it (those of others are not shown)" if tasks_hidden else "no task runs on it"
    what = f"{container.name}  CT {vmid} on {guest.node} has the lock {lock} for {human_age(lasted.total_seconds())}"
    return f"{what}, and {tasks}: {warning(vmid, lock)}. To do on {guest.node} as root: {command(vmid, lock)}"
