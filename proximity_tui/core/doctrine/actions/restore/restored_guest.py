"""The guest in a backup: whether it is the one of a record (law 3), and what a restore must bring back of it.

A backup belongs to a VMID, and a VMID is not an identity: the config in the backup is compared with the recorded
fingerprint, and its age with the life of the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from proximity_tui.core.base.text import plain
from proximity_tui.core.doctrine.observation.backup_list import BackupOwner, owner_of
from proximity_tui.core.doctrine.observation.identity import compare, fingerprint_of
from proximity_tui.core.model import Backup, Container, Fingerprint, Identity, Match
from proximity_tui.core.model.guests.guest_config import Device, devices, properties

FIRST_CARD = "net0"


def judge_backup(record: Container, backup: Backup, config: Mapping[str, Any] | None) -> Identity:
    """Return whether a backup is of the container of a record: same, different or unsure, with the reasons.

    A config whose fingerprint agrees only in part is the same container all the same while the record held the VMID
    when the backup was made.
    """
    if config is None:
        return _by_age(record, backup, "the config in it could not be read")
    promised = fingerprint_of(config)
    if record.fingerprint is None:
        return _by_name(record, promised, backup)
    identity = compare(record.fingerprint, promised)
    return _by_age(record, backup, identity.sentence) if identity.match is Match.UNSURE else identity


def is_certain(record: Container, identity: Identity, config: Mapping[str, Any] | None) -> bool:
    """Return whether a backup, judged as `identity`, is of the container of a record by what identifies it: an age
    proves nothing. Where its config could not be read, the marker of the record decides, which the restored guest must
    carry.
    """
    if identity.match is not Match.SAME:
        return False
    recorded = record.fingerprint
    if config is None:
        return recorded is not None and recorded.marker is not None
    promised = fingerprint_of(config)
    if recorded is None:
        return record.marker is not None and promised.marker == record.marker
    return compare(recorded, promised).match is Match.SAME


def promise_of(config: Mapping[str, Any] | None) -> Fingerprint | None:
    """Return what the config in a backup promises of the restored guest, made plain; None without a config. Its volumes
    are made again, so the root volume is no part of it.
    """
    return None if config is None else replace(fingerprint_of(config), rootfs=None)


def known_of(record: Container) -> Fingerprint | None:
    """Return what is expected of the restored guest where the config in the backup could not be read: what was recorded
    of the lost one. None where nothing was.
    """
    return None if record.fingerprint is None else replace(record.fingerprint, rootfs=None)


def broken_promises(promised: Fingerprint | None, seen: Fingerprint, *, unique: bool) -> tuple[str, ...]:
    """Return what is not as the backup promised, in words; what it does not tell is no promise. With `unique` its
    hardware addresses are new.
    """
    if promised is None:
        return ()
    pairs = [
        ("hostname", promised.hostname, seen.hostname),
        ("ostype", promised.ostype, seen.ostype),
        ("our marker", promised.marker, seen.marker),
    ]
    if not unique:
        pairs.append(("hardware addresses", _listed(promised), _listed(seen)))
    return tuple(
        f"{what}: {mine} expected, {found or 'none'} now" for what, mine, found in pairs if mine not in (None, found)
    )


def identifies(promised: Fingerprint | None, *, unique: bool) -> bool:
    """Return whether what a backup promised tells the restored guest from every other one: by our marker, or by the
    hardware addresses that it keeps.
    """
    return promised is not None and (promised.marker is not None or _keeps_addresses(promised, unique=unique))


def _keeps_addresses(promised: Fingerprint, *, unique: bool) -> bool:
    """Return whether the restored guest has the hardware addresses of its backup; with `unique` it gets new ones."""
    return bool(promised.hwaddrs) and not unique


def is_another(promised: Fingerprint | None, seen: Fingerprint, *, unique: bool) -> bool:
    """Return whether a guest that is seen is certainly not the one that was to be restored: nothing that identifies it
    agrees with what the backup promised.
    """
    if promised is None:
        return False
    if promised.marker is not None:
        return promised.marker != seen.marker
    if _keeps_addresses(promised, unique=unique):
        return not promised.hwaddrs & seen.hwaddrs
    return promised.hostname != seen.hostname


def with_bridge(config: Mapping[str, Any], bridge: str, *, unique: bool = False) -> str | None:
    """Return the first network card of a config on another bridge, with `unique` without its hardware address, so that
    Proxmox makes a new one; None where it has none.
    """
    if FIRST_CARD not in config:
        return None
    card = properties(config[FIRST_CARD])
    named = {**card.named, "bridge": bridge}
    return ",".join(f"{name}={value}" for name, value in named.items() if not (unique and name == "hwaddr"))


def host_folders(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the mount points of a config that are folders of the node: Proxmox restores them for root alone."""
    return tuple(key for key, mount in devices(config, Device.MOUNT) if mount.is_folder)


def empty_volumes(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield the mount points that are made again but were never part of the backup: key and path."""
    for key, mount in devices(config, Device.MOUNT):
        if not mount.is_folder and mount.named.get("backup") != "1":
            yield f"{key} ({plain(mount.named.get('mp') or mount.volume or '')})"


def _by_name(record: Container, promised: Fingerprint, backup: Backup) -> Identity:
    if record.marker is not None and promised.marker == record.marker:
        return Identity(Match.SAME, ("agrees: our marker",))
    if promised.hostname != record.name:
        return Identity(Match.DIFFERENT, (f"it is called {promised.hostname or 'nothing'} there",))
    return _by_age(record, backup, "no fingerprint was ever recorded")


def _by_age(record: Container, backup: Backup, why: str) -> Identity:
    if record.closed_at is not None and backup.at > record.closed_at:
        return Identity(Match.UNSURE, (f"{why}; it was made after our record was closed",))
    match owner_of(backup, record):
        case BackupOwner.OURS:
            return Identity(Match.SAME, (f"{why}; it was made while we managed this VMID",))
        case BackupOwner.FORMER:
            return Identity(Match.DIFFERENT, (f"{why}; it is older than the container, so it is of a former one",))
        case BackupOwner.UNSURE:
            return Identity(Match.UNSURE, (f"{why}; it is older than our record",))


def _listed(fingerprint: Fingerprint) -> str:
    return ", ".join(sorted(fingerprint.hwaddrs)) or "none"
