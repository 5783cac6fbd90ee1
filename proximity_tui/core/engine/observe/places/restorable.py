"""What a lost container can be restored from, and where to: one of its backups with the config in it, and a place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from proximity_tui.core.base.text import describe
from proximity_tui.core.doctrine.actions.restore import restored_guest
from proximity_tui.core.doctrine.actions.restore.restore_facts import BackupRead, LostContainer, RestorePlace
from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest
from proximity_tui.core.doctrine.guards.provenance import was_adopted
from proximity_tui.core.doctrine.guards.refusals import vmid_not_free
from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.engine.observe import inspection
from proximity_tui.core.engine.observe.places import placement
from proximity_tui.core.model import (
    Action,
    Backup,
    BackupList,
    Container,
    GuestDetail,
    Kind,
    Match,
    Presence,
    Refusal,
    RefusalCode,
    names,
)
from proximity_tui.core.model.actions.plan_options import CreateOptions
from proximity_tui.core.model.guests.guest_config import ROOT, Device, devices, properties
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.records import clinical_records, identity_trail, operations, public_ports, records

MOST_READ = 5
"""How many backups are read in search of the newest one that is of the container."""


def read_lost(client: PveClient, record: Container) -> LostContainer:
    """Return the container of a record, as far as a restore needs it; an open one is inspected."""
    lookup = None
    if not record.is_tombstone and record.vmid is not None:
        lookup = inspection.inspect_guest(client, record.vmid)
    revision = clinical_records.latest(record.id)
    return LostContainer(
        record,
        lookup,
        revision.record.config if revision else None,
        revision.captured_at if revision else None,
        public_ports.held_when_closed(record),
        records.find_successor(record.id),
        was_adopted(record, identity_trail.provenance(record.id)),
    )


def made_instead_of(record: Container) -> Container | None:
    """Return the open record of the empty container that was made for a lost one, None without one."""
    natives = {one.id: one for one in records.active() if one.kind is Kind.NATIVE}
    for creation in operations.for_containers(natives, Action.CREATE):
        options = creation.plan.options
        if isinstance(options, CreateOptions) and options.instead_of == record.id:
            return natives[creation.container or 0]
    return None


def read_backup(client: PveClient, backup: Backup) -> BackupRead:
    """Return a backup with the config in it, or the reason why that could not be read."""
    try:
        return BackupRead(backup, client.backup_config(backup.nodes[0], backup.volid))
    except (ProxmoxError, IndexError) as error:
        return BackupRead(backup, None, f"the config in the backup: {error}")


def backups_of(client: PveClient, record: Container) -> BackupList:
    """Return the backups under the VMID of a lost container, and those under each VMID that it had before: one that was
    restored to another VMID has its backups under the old one. There only what was made before it left counts. Raises
    ProxmoxError.
    """
    listed = client.all_backups(int(record.vmid or 0))
    found, gaps = list(listed.found), list(listed.gaps)
    for former, left_at in former_vmids(record).items():
        more = client.all_backups(former)
        found += (one for one in more.found if one.at <= left_at)
        gaps += (one for one in more.gaps if one not in gaps)
    found.sort(key=lambda one: (one.at, one.volid), reverse=True)
    return BackupList(tuple(found), tuple(gaps))


def former_vmids(record: Container) -> dict[int, datetime]:
    """Return the other VMIDs that a container had in its cluster, by the records that its own follows, and until when
    it had each.
    """
    found: dict[int, datetime] = {}
    seen, one = {record.id}, record
    while one.predecessor is not None and one.predecessor not in seen:
        one = records.get(one.predecessor)
        seen.add(one.id)
        if one.cluster == record.cluster and one.vmid not in (None, record.vmid) and one.closed_at is not None:
            found.setdefault(one.vmid, one.closed_at)
    return found


def choose_backup(
    client: PveClient, record: Container, backups: BackupList, wanted: str | None
) -> BackupRead | Refusal:
    """Return the wanted backup, or else the newest one that is of the container of a record. Where none is for certain,
    the newest one; the plan says of whom it is.
    """
    if wanted is not None:
        found = next((one for one in backups.found if one.volid == wanted), None)
        if found is None:
            return Refusal(RefusalCode.NOT_FOUND, f"{wanted} is not listed for VMID {record.vmid}{_why(backups)}")
        return read_backup(client, found)
    if not backups.found:
        none = f"no backup of {record.name} (VMID {record.vmid}) is listed{_why(backups)}"
        return Refusal(RefusalCode.NOT_FOUND, none)
    read = []
    for backup in backups.found[:MOST_READ]:
        read.append(read_backup(client, backup))
        if restored_guest.judge_backup(record, backup, read[-1].config).match is Match.SAME:
            return read[-1]
    return read[0]


def place_for(
    client: PveClient, lost: LostContainer, chosen: BackupRead, request: RestoreRequest
) -> RestorePlace | Refusal:
    """Return the place of a restore: as before where that is possible, or as requested; or the refusal."""
    node = _node_for(client, lost.record, chosen.backup.nodes, request.node)
    if isinstance(node, Refusal):
        return node
    usual = _root_storage(chosen.config) or _root_storage(lost.config)
    bridges = _bridges(chosen.config)
    spot = placement.place_for_restore(client, request, node, usual, bridges)
    if isinstance(spot, Refusal):
        return spot
    former = former_holder(client, lost.record)
    if isinstance(former, Refusal):
        return former
    vmid = _vmid_for(client, lost.record, request.vmid, former)
    if isinstance(vmid, Refusal):
        return vmid
    others = [one for one in records.active(client.cluster) if one.id != lost.record.id]
    return RestorePlace(
        cluster=client.cluster,
        node=node,
        storage=str(spot.storage),
        vmid=vmid,
        quorum=client.quorum(),
        former_vmid_holder=former,
        used_ports=public_ports.used() - {port.public for port in lost.record.ports},
        address_holders={
            address: one.label for one in others for address in (one.fingerprint.hwaddrs if one.fingerprint else ())
        },
        free=spot.free,
        notes=spot.warnings,
    )


def former_holder(client: PveClient, record: Container) -> str | Refusal | None:
    """Return who has the VMID of a closed record now, None where it is free. It is refused where that is the container
    itself.
    """
    vmid = int(record.vmid or 0)
    ours = records.find_active(client.cluster, vmid)
    if client.is_free(vmid):
        return None if ours is None or ours.id == record.id else f"our record of {ours.name}"
    seen = inspection.inspect_guest(client, vmid)
    if not isinstance(seen, GuestDetail):
        return seen.reason if seen.presence is Presence.REPLACED else "a guest that our token does not see"
    if judge(record, seen, seen.taken_at).match is Match.SAME:
        message = f"{record.name} is there, at CT {vmid} ({seen.status}): it is not lost. Re-attach or adopt it"
        return Refusal(RefusalCode.VMID_TAKEN, message)
    return f"CT {vmid} {seen.fingerprint.hostname if seen.fingerprint else ''}".strip()


def _node_for(client: PveClient, record: Container, nodes: tuple[str, ...], wanted: str | None) -> str | Refusal:
    if wanted is not None and wanted not in nodes:
        reach = f"{describe(nodes)} {'does' if len(nodes) == 1 else 'do'}"
        return Refusal(RefusalCode.NOT_SHARED, f"node {wanted} does not reach the backup: {reach}")
    if wanted is not None or record.node in nodes:
        return str(wanted or record.node)
    least_loaded = client.least_loaded_node()
    return least_loaded if least_loaded in nodes else nodes[0]


def _vmid_for(client: PveClient, record: Container, wanted: int | None, former: str | None) -> int | Refusal:
    ours = {one.vmid: one.name for one in records.active(client.cluster) if one.id != record.id}
    if wanted is None and former is not None:
        return client.next_free(avoid={*ours, record.vmid})
    vmid = int((record.vmid if wanted is None else wanted) or 0)
    # That nobody has the former one is known already.
    is_free = former is None if vmid == record.vmid else client.is_free(vmid)
    if vmid not in ours and is_free:
        return vmid
    rule = "a restore never overwrites a guest"
    return vmid_not_free(vmid, ours.get(vmid), client.next_free(avoid=set(ours)), rule)


def _bridges(config: Mapping[str, Any] | None) -> frozenset[str]:
    found = (card.named.get("bridge") for _, card in devices(config or {}, Device.NETWORK))
    return frozenset(filter(None, found))


def _root_storage(config: Mapping[str, Any] | None) -> str | None:
    volume = properties(config[ROOT]).volume if config and ROOT in config else None
    return names.storage_of(volume) if volume is not None and names.is_volume(volume) else None


def _why(backups: BackupList) -> str:
    return f"; there may be more: {'; '.join(backups.unlisted)}" if backups.unlisted else ""
