"""The backups of one VMID with the possible gaps of that list, and the limit of protected ones on a storage.

An empty list says "none" only where the privilege to see them is known (law 2): Proxmox answers 200 either way. One
storage that cannot be read hides nothing of the others.
"""

from __future__ import annotations

from collections.abc import Collection

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.backup_list import why_storages_unlisted, why_unlisted
from proximity_tui.core.model import Backup, BackupList
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.catalogue import read_backups, read_storages
from proximity_tui.core.proxmox.decode.values import Malformed, as_int, require_list_of_dicts
from proximity_tui.core.proxmox.existence import held_on
from proximity_tui.core.proxmox.transport.http import HttpSession


@value_object
class BackupListing:
    """The backups that the storages of a node listed for a VMID, and the gaps, before our privileges are considered."""

    found: tuple[Backup, ...]
    storages: tuple[str, ...]
    """The active storages that take backups."""
    unread: tuple[str, ...]
    """Why the list of a storage could not be read, or not whole."""


def read_backup_list(session: HttpSession, node: str, vmid: int) -> BackupList:
    """Return the backups of a VMID on every active storage of a node, newest first, and why there may be more.

    Our privileges are read after the list: one that came by a pool may go away with the container in between. Raises a
    ProxmoxError when not even the storages can be read.
    """
    listing = list_backups(session, node, vmid)
    try:
        on_guest = held_on(session, f"/vms/{vmid}")
    except errors.ProxmoxError as error:
        return BackupList(listing.found, (*listing.unread, _rights_unread(error.sentence)))
    return BackupList(listing.found, why_backups_unlisted(session, vmid, listing, on_guest))


def list_backups(session: HttpSession, node: str, vmid: int) -> BackupListing:
    """Return what the storages of a node list of a VMID, newest first. Raises a ProxmoxError when not even the storages
    can be read."""
    unread: list[str] = []
    found: list[Backup] = []
    storages = read_storages(session, node, "backup")
    for storage in storages:
        if storage.active:
            found += read_backups(session, node, vmid, (storage.name,), unread)
        else:
            unread.append(f"storage {storage.name} is not active: its backups cannot be listed")
    newest_first = tuple(sorted(set(found), key=lambda one: one.at, reverse=True))
    return BackupListing(newest_first, tuple(one.name for one in storages if one.active), tuple(unread))


def why_backups_unlisted(
    session: HttpSession, vmid: int, listing: BackupListing | None, on_guest: Collection[str] | None
) -> tuple[str, ...]:
    """Return why a VMID may have more backups than were listed (None: nothing could be listed). `on_guest` is what our
    token may do with the guest, None where that could not be read; what it may do on the storages is read here."""
    if listing is None:
        return ("the backups could not be read",)
    if on_guest is None:
        return (*listing.unread, _rights_unread(f"its rights on /vms/{vmid} are not known"))
    try:
        by_storage = {name: held_on(session, f"/storage/{name}") for name in listing.storages}
        reasons = [why_unlisted(vmid, name, on_guest, held) for name, held in by_storage.items()]
        reasons.append(why_storages_unlisted(held_on(session, "/storage")))
    except errors.ProxmoxError as error:
        return (*listing.unread, _rights_unread(error.sentence))
    return (*listing.unread, *(reason for reason in reasons if reason is not None))


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


def _rights_unread(why: str) -> str:
    return f"whether our token may see every backup could not be read: {why}"
