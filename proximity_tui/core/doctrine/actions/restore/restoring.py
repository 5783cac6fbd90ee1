"""The rules for restoring a container that is gone: from which backup, to which place, and what a person is warned of.

Never over a guest: the VMID must be free, its own or another one. A backup of another guest that had the VMID needs a
consent of its own, and what comes of it continues no history.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from proximity_tui.core.base.text import describe
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.guest_plan import START_MADE, settle_made
from proximity_tui.core.doctrine.actions.restore import restored_guest
from proximity_tui.core.doctrine.actions.restore.restore_facts import BackupRead, LostContainer, RestorePlace
from proximity_tui.core.doctrine.actions.restore.restore_warnings import warnings
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.checks import check_node_in_quorum
from proximity_tui.core.doctrine.guards.wrong_texts import (
    wrong_bridge,
    wrong_new_vmid,
    wrong_node,
    wrong_pool,
    wrong_storage,
    wrong_volume,
)
from proximity_tui.core.model import (
    Action,
    Backup,
    Container,
    GuestDetail,
    Identity,
    Kind,
    Match,
    Plan,
    Presence,
    Refusal,
    RefusalCode,
    State,
    Step,
    StepName,
)
from proximity_tui.core.model.actions.plan import RestoreBound
from proximity_tui.core.model.actions.plan_options import RestoreOptions
from proximity_tui.core.model.guests.guest import display_name
from proximity_tui.core.model.guests.guest_config import is_on


@value_object
class RestoreRequest:
    """One request to restore: what a person chose. None means: as before, or the newest backup."""

    backup: str | None = None
    vmid: int | None = None
    node: str | None = None
    storage: str | None = None
    unprivileged: bool | None = None
    bridge: str | None = None
    unique: bool = False
    pool: str | None = None
    start: bool | None = None
    other_guest: bool = False
    """The consent to restore a backup that is of another guest, or may be."""


def check_request(request: RestoreRequest) -> Refusal | None:
    """Return the refusal for the first choice that is wrong by itself, else None."""
    wrong = (
        wrong_volume(request.backup)
        or wrong_new_vmid(request.vmid)
        or wrong_node(request.node)
        or wrong_storage(request.storage)
        or wrong_bridge(request.bridge)
        or wrong_pool(request.pool)
    )
    return Refusal(RefusalCode.INVALID, wrong) if wrong else None


def check_lost(lost: LostContainer) -> Refusal | None:
    """Return the refusal to restore what is not proved gone, else None (law 2)."""
    record, seen = lost.record, lost.lookup
    if record.vmid is None:
        return Refusal(RefusalCode.NOT_FOUND, f"{record.name} never had a VMID: there can be no backup of it")
    if lost.successor is not None:
        return refusals.back_already(record, lost.successor)
    if record.is_tombstone:
        return None
    if seen is None:
        return refusals.no_guest_to_ask(record)
    if isinstance(seen, GuestDetail):
        message = f"CT {seen.vmid} is there ({seen.status}): a restore never overwrites it"
        return Refusal(RefusalCode.VMID_TAKEN, message)
    if seen.presence is Presence.REPLACED:
        advice = f"close the record first: `proximity-tui delete id:{record.id} --soft`"
        return Refusal(RefusalCode.REPLACED, f"{seen.reason}: {advice}")
    return None if seen.presence is Presence.ABSENT else refusals.not_seen(record, seen)


def plan_restore(
    lost: LostContainer, backup: BackupRead, place: RestorePlace, choices: RestoreRequest
) -> Plan | Refusal:
    """Return the plan for restoring a container from `backup` at `place`, or the refusal."""
    identity = restored_guest.judge_backup(lost.record, backup.backup, backup.config)
    refused = (
        check_request(choices)
        or check_lost(lost)
        or check_node_in_quorum(place.node, place.quorum)
        or _check_consent(lost.record, backup.backup, identity, choices)
        or _check_folders(backup, place)
    )
    if refused:
        return refused
    options = _options(lost, backup, place, choices, identity)
    record = lost.record
    name = record.name if options.predecessor is not None else _name_in(backup, place)
    return Plan(
        action=Action.RESTORE,
        cluster=place.cluster,
        vmid=place.vmid,
        node=place.node,
        name=name,
        steps=tuple(_steps(lost, place, options)),
        summary=f"restore {name} ({options.kind}, CT {place.vmid} on {place.node}) from {backup.backup.volid}, made"
        f" {backup.backup.at:%Y-%m-%d %H:%M} UTC",
        bound_to=RestoreBound(record.id, record.version, int(record.vmid or 0), backup.backup.size),
        options=options,
        warnings=warnings(lost, backup, place, options, identity),
    )


def _check_consent(record: Container, backup: Backup, identity: Identity, choices: RestoreRequest) -> Refusal | None:
    if identity.match is Match.SAME or choices.other_guest:
        return None
    relation = "is of ANOTHER GUEST than" if identity.match is Match.DIFFERENT else "may be of another guest than"
    return Refusal(
        RefusalCode.IDENTITY_UNSURE,
        f"{backup.volid} {relation} {record.name}: {identity.sentence}. Choose another backup, or agree to it by name"
        " (--other-guest)",
    )


def _check_folders(backup: BackupRead, place: RestorePlace) -> Refusal | None:
    """Return the refusal for a backup with folders of the node: Proxmox lets no token restore these."""
    folders = restored_guest.host_folders(backup.config or {})
    if not folders:
        return None
    line = f"pct restore {place.vmid} {shlex.quote(backup.backup.volid)} --storage {place.storage}"
    they = "is a folder" if len(folders) == 1 else "are folders"
    return Refusal(
        RefusalCode.BIND_MOUNT,
        f"{describe(folders)} of it {they} of the node, which only root may restore."
        f" As root on {place.node}: {line}; then adopt CT {place.vmid}",
    )


def _options(
    lost: LostContainer, backup: BackupRead, place: RestorePlace, choices: RestoreRequest, identity: Identity
) -> RestoreOptions:
    config, record = backup.config or {}, lost.record
    was_unprivileged = is_on(config or lost.config or {}, "unprivileged")
    same = identity.match is not Match.DIFFERENT
    return RestoreOptions(
        backup=backup.backup.volid,
        storage=place.storage,
        kind=_kind(lost, backup, identity),
        unprivileged=was_unprivileged if choices.unprivileged is None else choices.unprivileged,
        unique=choices.unique,
        pool=choices.pool,
        net0=_net0(config, choices),
        start=record.state is State.RUNNING if choices.start is None else choices.start,
        predecessor=record.id if same else None,
        public_ports=tuple(port.public for port in lost.ports) if same else (),
        container_ports=tuple(port.container for port in lost.ports) if same else (),
        fingerprint=restored_guest.promise_of(backup.config) or restored_guest.known_of(record),
    )


def _net0(config: Mapping[str, Any], choices: RestoreRequest) -> str | None:
    if choices.bridge is None:
        return None
    return restored_guest.with_bridge(config, choices.bridge, unique=choices.unique)


def _kind(lost: LostContainer, backup: BackupRead, identity: Identity) -> Kind:
    """Return the kind of what comes back. Whatever is not certainly ours is never destroyed (law 1)."""
    ours = lost.record.kind is Kind.NATIVE and not lost.was_adopted
    return Kind.NATIVE if ours and restored_guest.is_certain(lost.record, identity, backup.config) else Kind.ADOPTED


def _name_in(backup: BackupRead, place: RestorePlace) -> str:
    promised = restored_guest.promise_of(backup.config)
    return display_name(None if promised is None else promised.hostname, place.vmid)


def _steps(lost: LostContainer, place: RestorePlace, options: RestoreOptions) -> Iterator[Step]:
    made = "unprivileged" if options.unprivileged else "PRIVILEGED"
    network = "with new hardware addresses" if options.unique else "network as in the backup"
    if options.pool is not None:
        network += f", in pool {options.pool}"
    if options.net0 is not None:
        network += f", but net0: {options.net0}"
    yield Step(
        StepName.RESTORE,
        f"restore CT {place.vmid} on {place.node}, all volumes on {place.storage}, {made}, {network}; nothing is"
        " overwritten",
    )
    follows = f"; continue the history of record {lost.record.id}" if options.predecessor is not None else ""
    yield Step(StepName.VERIFY, f"read it back and compare it with the config in the backup{follows}")
    if options.start:
        yield START_MADE
    ports = "".join(f"; public port {one.public} leads to its port {one.container} again" for one in options.ports)
    yield settle_made(ports)
