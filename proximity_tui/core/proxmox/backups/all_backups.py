"""The backups on every storage of a cluster: each shared storage is asked once, the others on each of their nodes.

Two requests say which storages there are and which nodes are online. What lies behind a node or a storage that is
offline is a gap of the list, never "none" (law 2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import (
    Backup,
    BackupGap,
    BackupList,
    Inventory,
    NewestBackups,
    NodeStatus,
    StorageReading,
    StorageStatus,
    Unlisted,
)
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.backups.backups_of_vmid import list_storage, newest_first, read_right_gaps
from proximity_tui.core.proxmox.catalogue import read_nodes
from proximity_tui.core.proxmox.decode.json_values import as_int
from proximity_tui.core.proxmox.decode.node_rows import storage_reading
from proximity_tui.core.proxmox.decode.rows import Fields
from proximity_tui.core.proxmox.existence import permissions
from proximity_tui.core.proxmox.lists import read_list
from proximity_tui.core.proxmox.transport.http import HttpSession


@value_object
class BackupPlace:
    """Where the same backups can be listed: a storage, and the nodes that reach it. A storage that is not shared is
    another place on each node.
    """

    storage: str
    nodes: tuple[str, ...]


def read_all_backups(session: HttpSession, vmid: int, listed: Inventory | None = None) -> BackupList:
    """Return the backups of a VMID on every storage of the cluster, newest first, and why there may be more. Each has
    the nodes that reach it. Without the list that tells where backups lie, two requests more.

    Our privileges are read after the lists; see `backups.read_backup_list`. Raises a ProxmoxError when not even the
    storages or the nodes can be read.
    """
    gaps: list[BackupGap] = []
    places = read_places(session, gaps) if listed is None else _places_in(listed, gaps)
    found = [backup for place in places for backup in list_place(session, place, vmid, gaps)]
    storages = sorted({place.storage for place in places})
    return BackupList(newest_first(found), (*gaps, *read_right_gaps(session, vmid, storages)))


def read_newest(session: HttpSession, now: datetime, listed: Inventory | None = None) -> NewestBackups:
    """Return the newest backup of every VMID, by one request for each place of the cluster and one more; without the
    list that tells the places, by three more. Raises as `read_all_backups`.
    """
    gaps: list[BackupGap] = []
    places = read_places(session, gaps) if listed is None else _places_in(listed, gaps)
    newest: dict[int, Backup] = {}
    for place in places:
        for one in list_place(session, place, None, gaps):
            known = newest.get(one.vmid or 0)
            if one.vmid is not None and (known is None or one.at > known.at):
                newest[one.vmid] = one
    storages = tuple(sorted({place.storage for place in places}))
    return NewestBackups(now, newest, tuple(gaps), storages, permissions(session))


def read_uncovered(session: HttpSession) -> frozenset[int]:
    """Return the VMIDs of the guests that no backup job covers, as far as our token sees them. Raises a ProxmoxError;
    Denied without Sys.Audit on /. No recording has it: the answer is read as Proxmox's source gives it.
    """
    path = paths.cluster("backup-info", "not-backed-up")
    return frozenset(read_list(session, path, "the guests without a backup job", _vmid))


def _vmid(fields: Fields) -> int:
    return fields.required("vmid", as_int)


def read_places(session: HttpSession, gaps: list[BackupGap]) -> tuple[BackupPlace, ...]:
    """Return the places of the cluster that hold backups and can be asked now, by name; the others are added to `gaps`.
    Raises a ProxmoxError.
    """
    unread: list[str] = []
    online = {node.name for node in read_nodes(session) if node.status == NodeStatus.ONLINE}
    rows = read_list(session, paths.RESOURCES, "the storages", storage_reading, unread, type="storage")
    gaps += (BackupGap(Unlisted.UNREADABLE, sentence) for sentence in unread)
    return places_of(rows, online, gaps)


def _places_in(listed: Inventory, gaps: list[BackupGap]) -> tuple[BackupPlace, ...]:
    online = [name for name, status in listed.node_statuses.items() if status == NodeStatus.ONLINE]
    return places_of(listed.storages.values(), online, gaps)


def places_of(rows: Iterable[StorageReading], online: Iterable[str], gaps: list[BackupGap]) -> tuple[BackupPlace, ...]:
    """Return the places that hold backups and can be asked, among the storages of a cluster."""
    nodes, shared, local = set(online), dict[str, list[StorageReading]](), list[list[StorageReading]]()
    for row in sorted(rows, key=lambda row: (row.storage, row.node)):
        if "backup" not in row.content:
            continue
        if row.shared:
            shared.setdefault(row.storage, []).append(row)
        else:
            local.append([row])
    found = []
    for group in [*shared.values(), *local]:
        up = [row for row in group if row.node in nodes]
        reached = tuple(row.node for row in up if row.status is StorageStatus.AVAILABLE)
        if reached:
            found.append(BackupPlace(group[0].storage, reached))
        else:
            gaps.append(_offline(group[0], node_is_up=bool(up)))
    return tuple(sorted(found, key=lambda place: (place.storage, place.nodes)))


def list_place(session: HttpSession, place: BackupPlace, vmid: int | None, gaps: list[BackupGap]) -> tuple[Backup, ...]:
    """Return the backups at one place, of a VMID or of every one if None; one node after the other is asked until one
    answers. What cannot be read is added to `gaps`. Raises Unreachable when the cluster does not answer at all.
    """
    failed: list[BackupGap] = []
    for node in place.nodes:
        unread: list[str] = []
        try:
            listed = list_storage(session, node, place.storage, vmid, unread)
        except errors.Unreachable:
            raise
        except errors.ProxmoxError as error:
            sentence = f"storage {place.storage} on {node}: {error.sentence}"
            failed.append(BackupGap(Unlisted.UNREADABLE, sentence, place.storage, node))
            continue
        gaps += (BackupGap(Unlisted.UNREADABLE, why, place.storage, node) for why in unread)
        return tuple(replace(backup, nodes=place.nodes) for backup in listed)
    gaps += failed
    return ()


def _offline(row: StorageReading, *, node_is_up: bool) -> BackupGap:
    where = row.storage if row.shared else f"{row.storage} on {row.node}"
    node = None if row.shared else row.node
    if node_is_up:
        sentence = f"storage {where} is offline: its backups cannot be listed"
        return BackupGap(Unlisted.STORAGE_OFFLINE, sentence, row.storage, node)
    reason = "no node that has it is online" if row.shared else f"node {row.node} is offline"
    sentence = f"storage {where}: {reason}, so its backups cannot be listed"
    return BackupGap(Unlisted.NODE_OFFLINE, sentence, row.storage, node)
