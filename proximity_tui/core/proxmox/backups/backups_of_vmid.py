"""The backups of one VMID that a node can reach, with the possible gaps of that list, and the limit of protected ones.

An empty list says "none" only where the privilege to see them is known (law 2): Proxmox answers 200 either way. One
storage that cannot be read hides nothing of the others. What the whole cluster has is in `all_backups`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.backup_list import why_storages_unlisted, why_unlisted
from proximity_tui.core.model import Backup, BackupGap, BackupList, GuestDetail, Unlisted
from proximity_tui.core.model.guests.guest_config import properties
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.catalogue import read_storages
from proximity_tui.core.proxmox.decode.backup_rows import backup_reading
from proximity_tui.core.proxmox.decode.json_values import Malformed, as_int, as_text, require_list
from proximity_tui.core.proxmox.decode.rows import Fields, from_each, read_rows
from proximity_tui.core.proxmox.existence import granted_on
from proximity_tui.core.proxmox.lists import read_list
from proximity_tui.core.proxmox.transport.http import HttpSession


@value_object
class BackupListing:
    """The backups that the storages of a node listed for a VMID, and the gaps, before our privileges are considered."""

    found: tuple[Backup, ...]
    storages: tuple[str, ...]
    """The active storages that take backups."""
    shared: tuple[str, ...]
    """Those of them that are shared."""
    gaps: tuple[BackupGap, ...]
    """Why the list of a storage could not be read, or not whole."""


@value_object
class BackupLimits:
    """How many backups of one guest a storage takes, as it is configured; None where nothing is configured or shown."""

    protected: int | None
    """-1: any number."""
    kept: int | None
    """How many unprotected ones its retention keeps."""


def read_backup_list(session: HttpSession, node: str, vmid: int) -> BackupList:
    """Return the backups of a VMID on every active storage of a node, newest first, and why there may be more.

    Our privileges are read after the list: one that came by a pool may go away with the container in between. Raises a
    ProxmoxError when not even the storages can be read.
    """
    listing = list_backups(session, node, vmid)
    return BackupList(listing.found, (*listing.gaps, *read_right_gaps(session, vmid, listing.storages)))


def list_backups(session: HttpSession, node: str, vmid: int) -> BackupListing:
    """Return what the storages of a node list of a VMID, newest first. Raises a ProxmoxError when not even the storages
    can be read."""
    gaps: list[BackupGap] = []
    found: list[Backup] = []
    storages = read_storages(session, node, "backup")
    for storage in storages:
        unread: list[str] = []
        if storage.active:
            found += read_backups(session, node, vmid, (storage.name,), unread)
        else:
            why = f"storage {storage.name} is not active: its backups cannot be listed"
            gaps.append(BackupGap(Unlisted.STORAGE_OFFLINE, why, storage.name, node))
        gaps += (BackupGap(Unlisted.UNREADABLE, why, storage.name, node) for why in unread)
    active = [storage for storage in storages if storage.active]
    names, shared = (tuple(one.name for one in some) for some in (active, [one for one in active if one.shared]))
    return BackupListing(newest_first(found), names, shared, tuple(gaps))


def read_backups(
    session: HttpSession,
    node: str,
    vmid: int,
    storages: Collection[str] | None = None,
    gaps: list[str] | None = None,
) -> tuple[Backup, ...]:
    """Return the backups of a container on `storages` of a node (all active ones that take backups if None), newest
    first. A storage that cannot be read is named in `gaps`; without it the error is raised.
    """

    def listed(storage: str) -> tuple[Backup, ...]:
        return list_storage(session, node, storage, vmid, gaps)

    searched = storages
    if searched is None:
        searched = tuple(storage.name for storage in read_storages(session, node, "backup") if storage.active)
    return newest_first(from_each(searched, listed, gaps))


def list_storage(
    session: HttpSession, node: str, storage: str, vmid: int | None = None, gaps: list[str] | None = None
) -> tuple[Backup, ...]:
    """Return the backups on one storage as a node lists them: of a VMID, or of every one if None. Rows that cannot be
    read are named in `gaps`. Raises a ProxmoxError.

    The answer is filtered here once more: the backup of another guest would be taken for one of this.
    """
    asked = {} if vmid is None else {"vmid": paths.vmid(vmid)}
    path = paths.storage_content(node, storage)
    found = read_list(session, path, "the backups", backup_reading, gaps, kept=True, content="backup", **asked)
    return tuple(one for one in found if one is not None and vmid in (None, one.vmid))


def newest_first(backups: Iterable[Backup]) -> tuple[Backup, ...]:
    """Return the backups in their order, each once."""
    return tuple(sorted(set(backups), key=lambda backup: (backup.at, backup.volid), reverse=True))


def read_right_gaps(session: HttpSession, vmid: int, storages: Collection[str]) -> tuple[BackupGap, ...]:
    """Return the backups of a VMID that our token may not see on these storages, by its privileges as they are now."""
    try:
        on_guest = granted_on(session, f"/vms/{vmid}")
    except errors.ProxmoxError as error:
        return (_rights_unread(error.sentence),)
    return _right_gaps(session, vmid, storages, on_guest)


def with_backups(seen: GuestDetail, listing: BackupListing | None, unlisted: tuple[str, ...]) -> GuestDetail:
    """Return what was seen of a guest with its backups, as far as they were read; `unlisted` says why some may be
    missing.
    """
    if listing is None:
        return replace(seen, backups_unlisted=unlisted)
    return replace(
        seen,
        backups=listing.found,
        backups_unlisted=unlisted,
        backup_storages=listing.storages,
        shared_backup_storages=listing.shared,
    )


def why_backups_unlisted(
    session: HttpSession, vmid: int, listing: BackupListing | None, on_guest: Collection[str] | None
) -> tuple[str, ...]:
    """Return why a VMID may have more backups than were listed (None: nothing could be listed). `on_guest` is what our
    token may do with the guest, None where that could not be read; what it may do on the storages is read here."""
    if listing is None:
        return ("the backups could not be read",)
    if on_guest is None:
        rights: tuple[BackupGap, ...] = (_rights_unread(f"its rights on /vms/{vmid} are not known"),)
    else:
        rights = _right_gaps(session, vmid, listing.storages, on_guest)
    return tuple(gap.sentence for gap in (*listing.gaps, *rights))


def read_limits(session: HttpSession, storage: str) -> BackupLimits:
    """Return how many backups of one guest a storage is configured to take. Raises a ProxmoxError, also where it is not
    listed and a row that cannot be read may be its own.
    """
    path = paths.top("storage")
    try:
        rows = read_rows(require_list(session.get_kept(path), "the storages"), "the storages", _named)
        row = next((row for name, row in rows.good if name == storage), None)
        if row is None and rows.bad:
            raise Malformed(rows.bad[0].why)
        session.set_aside(path, rows.bad, rows.notes)
        row = row or {}
        limit = row.get("max-protected-backups")
        protected = None if limit is None else as_int(limit, "max-protected-backups")
        return BackupLimits(protected, _kept(row.get("prune-backups")))
    except Malformed as error:
        raise session.malformed(path, str(error)) from None


def _named(fields: Fields) -> tuple[str, Mapping[str, Any]]:
    return fields.required("storage", as_text), fields.row


def _kept(retention: object) -> int | None:
    """Return how many backups a retention such as `keep-daily=7,keep-last=3` keeps at most; None for any number."""
    rules = properties(retention or "").named
    if rules.get("keep-all") == "1":
        return None
    return sum(as_int(count, rule) for rule, count in rules.items() if rule != "keep-all") or None


def _right_gaps(
    session: HttpSession, vmid: int, storages: Collection[str], on_guest: Collection[str]
) -> tuple[BackupGap, ...]:
    gaps: list[BackupGap] = []
    try:
        for storage in storages:
            reason = why_unlisted(vmid, storage, on_guest, granted_on(session, f"/storage/{storage}"))
            if reason is not None:
                gaps.append(BackupGap(Unlisted.NO_RIGHT, reason, storage))
        hidden = why_storages_unlisted(granted_on(session, "/storage"))
    except errors.ProxmoxError as error:
        return (_rights_unread(error.sentence),)
    if hidden is not None:
        gaps.append(BackupGap(Unlisted.STORAGES_HIDDEN, hidden))
    return tuple(gaps)


def _rights_unread(why: str) -> BackupGap:
    sentence = f"whether our token may see every backup could not be read: {why}"
    return BackupGap(Unlisted.RIGHTS_UNKNOWN, sentence)
