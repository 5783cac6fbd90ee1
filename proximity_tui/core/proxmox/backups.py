"""The backups of one VMID with the possible gaps of that list, and the limit of protected ones on a storage.

An empty list says "none" only where the privilege to see them is known (law 2): Proxmox answers 200 either way. One
storage that cannot be read hides nothing of the others.
"""

from __future__ import annotations

from collections.abc import Collection

from proximity_tui.core.doctrine.observation.backup_list import why_storages_unlisted, why_unlisted
from proximity_tui.core.model import Backup, BackupList
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.catalogue import read_backups, read_storages
from proximity_tui.core.proxmox.decode.values import Malformed, as_int, require_list_of_dicts
from proximity_tui.core.proxmox.existence import permissions
from proximity_tui.core.proxmox.transport.http import HttpSession


def read_backup_list(session: HttpSession, node: str, vmid: int) -> BackupList:
    """Return the backups of a VMID on every active storage of a node, newest first, and why there may be more.

    Our privileges are read after the list: one that came by a pool may go away with the container in between. Raises a
    ProxmoxError when not even the storages can be read.
    """
    found: list[Backup] = []
    unlisted: list[str] = []
    storages = read_storages(session, node, "backup")
    for storage in storages:
        if not storage.active:
            unlisted.append(f"storage {storage.name} is not active: its backups cannot be listed")
            continue
        found += read_backups(session, node, vmid, (storage.name,), unlisted)
    names = [storage.name for storage in storages if storage.active]
    unlisted += _unlisted(session, vmid, names)
    return BackupList(tuple(sorted(set(found), key=lambda one: one.at, reverse=True)), tuple(unlisted))


def read_protected_limit(session: HttpSession, storage: str) -> int | None:
    """Return how many protected backups of one guest a storage is configured to take (-1: any number), None where
    nothing is configured or shown. Raises a ProxmoxError.
    """
    path = paths.top("storage")
    try:
        rows = require_list_of_dicts(session.get(path), "the storages")
        row = next((row for row in rows if row.get("storage") == storage), {})
        limit = row.get("max-protected-backups")
        return None if limit is None else as_int(limit, "max-protected-backups")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None


def _unlisted(session: HttpSession, vmid: int, storages: Collection[str]) -> list[str]:
    try:
        on_guest = _held(session, f"/vms/{vmid}")
        by_storage = {name: _held(session, f"/storage/{name}") for name in storages}
        reasons = [why_unlisted(vmid, name, on_guest, held) for name, held in by_storage.items()]
        reasons.append(why_storages_unlisted(_held(session, "/storage")))
    except errors.ProxmoxError as error:
        return [f"whether our token may see every backup could not be read: {error.sentence}"]
    return [reason for reason in reasons if reason is not None]


def _held(session: HttpSession, path: str) -> frozenset[str]:
    return permissions(session, path).get(path, frozenset())
