"""What a plan of a restore says before a person agrees: what is lost, and what may collide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from proximity_tui.core.base.text import describe, first_of, human_age, plain
from proximity_tui.core.doctrine.actions.free_space import space_warnings
from proximity_tui.core.doctrine.actions.restore import restored_guest
from proximity_tui.core.doctrine.actions.restore.restore_facts import BackupRead, LostContainer, RestorePlace
from proximity_tui.core.doctrine.observation.config_drift import drift
from proximity_tui.core.doctrine.observation.identity import fingerprint_of
from proximity_tui.core.model import Backup, Container, Identity, Kind, Match
from proximity_tui.core.model.actions.plan_options import RestoreOptions
from proximity_tui.core.model.guests.guest_backup import Verification
from proximity_tui.core.model.guests.guest_config import volumes_size

_NEW_WITH_A_RESTORE = frozenset({"rootfs", "digest", "lock", "parent"})
_NAMED = 8

PBS = "pbs-ct"
"""The format of a backup on a Proxmox Backup Server, which verifies what it holds."""


def warnings(
    lost: LostContainer, backup: BackupRead, place: RestorePlace, options: RestoreOptions, identity: Identity
) -> tuple[str, ...]:
    """Return the warnings of a plan, the worst first."""
    record, config = lost.record, backup.config
    return (
        *_about_identity(record, backup.backup, identity),
        *_about_kind(record, options),
        *_about_state(backup.backup),
        *_about_age(record, backup.backup, config, lost.config, lost.config_at),
        *_about_volumes(config),
        *space_warnings(place.storage, None if config is None else volumes_size(config), place.free),
        *_about_place(record, place),
        *_about_network(config, place, options),
        *_about_ports(place, options),
        *place.notes,
        *((f"not read: {backup.unread}",) if backup.unread else ()),
    )


def _about_identity(record: Container, backup: Backup, identity: Identity) -> Iterator[str]:
    if identity.match is Match.DIFFERENT:
        yield (
            f"{backup.volid} is of ANOTHER GUEST than {record.name}: {identity.sentence}. It is adopted as a container"
            f" of its own: without the history of {record.name}, without its ports, and never to be destroyed"
        )
    elif identity.match is Match.UNSURE:
        yield f"{backup.volid} may be of another guest than {record.name}: {identity.sentence}"


def _about_kind(record: Container, options: RestoreOptions) -> Iterator[str]:
    if record.kind is Kind.NATIVE and options.kind is Kind.ADOPTED and options.predecessor is not None:
        yield f"it is not certain that {record.name} is ours alone: it comes back adopted, and never to be destroyed"


def _about_state(backup: Backup) -> Iterator[str]:
    if backup.verification is Verification.FAILED:
        yield f"{backup.volid} FAILED its last verification: it may be damaged"
    elif backup.format == PBS and backup.verification is not Verification.OK:
        yield f"{backup.volid} was never verified"
    if backup.encrypted:
        yield f"{backup.volid} is encrypted: the node needs its key"


def _about_age(
    record: Container,
    backup: Backup,
    config: Mapping[str, Any] | None,
    known: Mapping[str, Any] | None,
    known_at: datetime | None,
) -> Iterator[str]:
    if record.observed_at is not None and record.observed_at > backup.at:
        age = human_age((record.observed_at - backup.at).total_seconds())
        yield (
            f"everything since the backup is lost: it was made {backup.at:%Y-%m-%d %H:%M} UTC, {age} before the"
            f" container was last seen ({record.observed_at:%Y-%m-%d %H:%M} UTC)"
        )
    if known_at is None or known_at <= backup.at:
        return
    changed = [one.key for one in drift(known, config) or () if one.key not in _NEW_WITH_A_RESTORE]
    if changed:
        yield f"the config in it is older than the one we know, and differs in {first_of(changed, _NAMED)}"


def _about_volumes(config: Mapping[str, Any] | None) -> Iterator[str]:
    empty = tuple(restored_guest.empty_volumes(config or {}))
    if empty:
        yield f"{describe(empty)} was never part of the backup: it comes back empty"


def _about_place(record: Container, place: RestorePlace) -> Iterator[str]:
    if place.former_vmid_holder is not None and place.vmid != record.vmid:
        yield f"VMID {record.vmid} is taken by {place.former_vmid_holder}: it becomes CT {place.vmid}"
    if record.node is not None and place.node != record.node:
        yield f"it was on {record.node}, and comes back on {place.node}"


def _about_network(config: Mapping[str, Any] | None, place: RestorePlace, options: RestoreOptions) -> Iterator[str]:
    if config is None or options.unique:
        return
    for address in sorted(fingerprint_of(config).hwaddrs):
        holder = place.address_holders.get(address)
        if holder is not None:
            yield f"its hardware address {plain(address)} is in use by {holder}: choose new addresses (--unique)"


def _about_ports(place: RestorePlace, options: RestoreOptions) -> Iterator[str]:
    for port in options.ports:
        if port.public in place.used_ports:
            yield f"public port {port.public} is not free any more: port {port.container} stays unpublished"
