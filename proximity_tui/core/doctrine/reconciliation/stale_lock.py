"""Stale locks: a lock that has outlived its task. No task works on the guest, and Proxmox refuses every change.

Pure. A lock by itself is no fault: a task sets it for as long as it works. Only `pct unlock`, typed on the node,
removes it; no API token may.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from proximity_tui.core.base.text import human_age
from proximity_tui.core.model import Container, Guest, Lock, Presence

LASTS = timedelta(minutes=15)
"""How long a lock must have been seen, in lived time, before it is stale: most tasks are over long before."""

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


def command(vmid: int | None, lock: str) -> str:
    """Return the command that removes a lock, to be run as root on the node."""
    return f"pct unmount {vmid}" if lock == Lock.MOUNTED else f"pct unlock {vmid}"


def warning(vmid: int | None, lock: str) -> str:
    """Return the warning about possible damage to a guest whose lock is stale."""
    return _WARNINGS.get(lock, "the task that set it was interrupted").replace("VMID", str(vmid))


def sentence(container: Container, guest: Guest, lasted: timedelta, *, tasks_hidden: bool) -> str:
    """Return the message of the alert: the observation, its duration, and the advice. `tasks_hidden` says that our
    token is not shown the tasks of others on the node.
    """
    lock, vmid = guest.lock or "", container.vmid
    tasks = "no task of ours runs on it (those of others are not shown)" if tasks_hidden else "no task runs on it"
    what = f"{container.name}  CT {vmid} on {guest.node} has the lock {lock} for {human_age(lasted.total_seconds())}"
    return f"{what}, and {tasks}: {warning(vmid, lock)}. To do on {guest.node} as root: {command(vmid, lock)}"
