"""A lost container without a backup: an empty one as its clinical record says, and what cannot come back.

A creation takes a part of the settings; the line for `pct create` has all of them, for root on the node.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from proximity_tui.core.base.text import describe, plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.identity import fingerprint_of
from proximity_tui.core.model import Container, CreateRequest, Refusal, RefusalCode, State, names
from proximity_tui.core.model.guests.guest_config import (
    ROOT,
    Device,
    Properties,
    devices,
    properties,
    size_in_bytes,
    tags,
)

_GIB = 2**30
_TAKEN = frozenset({"hostname", "cores", "memory", "swap", "nameserver", "searchdomain", "tags", "onboot"})
_NOT_SET = frozenset({"digest", "lock", "parent", "template", "lxc", "arch", "ostype", "unprivileged"})
_NET0 = "net0"
_MANUAL = "manual"
_WITHOUT_VALUE = frozenset({_MANUAL, "auto", "dhcp"})


@value_object
class RecreateRequest:
    """One request to make an empty container as a record says. None means: as before, or a template that fits."""

    template: str | None = None
    vmid: int | None = None
    node: str | None = None
    storage: str | None = None
    start: bool | None = None


def choose_template(config: Mapping[str, Any], offered: Collection[str], wanted: str | None) -> str | Refusal:
    """Return the wanted template, or the newest one of the same distribution; or the refusal."""
    if wanted is not None:
        return wanted
    ostype = str(config.get("ostype") or "")
    fitting = [volid for volid in offered if ostype and names.file_of(volid).startswith(f"{ostype}-")]
    if fitting:
        return max(fitting, key=_version_in)
    there = f"; there are: {', '.join(sorted(offered))}" if offered else ""
    return Refusal(RefusalCode.NOT_FOUND, f"no template of {ostype or 'its system'} is offered: name one{there}")


def _version_in(volid: str) -> tuple[tuple[int, str], ...]:
    """Return a key by which a template of a later release comes later: 12 is more than 9."""
    parts = re.split(r"(\d+)", names.file_of(volid))
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in parts)


def request_for(
    record: Container, config: Mapping[str, Any], template: str, wanted: RecreateRequest, vmid: int | None
) -> CreateRequest:
    """Return the creation of an empty container as its last config says; `vmid` is its own one, None where that is
    taken.
    """
    card = properties(config.get(_NET0, "")).named
    root = properties(config.get(ROOT, ""))
    address, gateway = card.get("ip"), card.get("gw")
    return CreateRequest(
        template=template,
        hostname=str(config.get("hostname") or record.name),
        node=wanted.node or record.node,
        storage=wanted.storage or _storage_of(root),
        cores=_number(config.get("cores"), 1),
        memory_mib=_number(config.get("memory"), 512),
        disk_gib=_gib(root),
        start=record.state is State.RUNNING if wanted.start is None else wanted.start,
        bridge=card.get("bridge"),
        vmid=wanted.vmid or vmid,
        vlan=_number(card.get("tag"), 0) or None,
        address=None if address is None or address in _WITHOUT_VALUE else address,
        gateway=gateway,
        address6=None if card.get("ip6") == _MANUAL else card.get("ip6"),
        gateway6=card.get("gw6"),
        dns=tuple(str(config.get("nameserver") or "").split()),
        search_domain=str(config["searchdomain"]) if config.get("searchdomain") else None,
        swap_mib=_number(config["swap"], 512) if "swap" in config else None,
        tags=tags(config.get("tags")),
        onboot=str(config.get("onboot", 0)) == "1",
        nesting=properties(config.get("features", "")).named.get("nesting") == "1",
        port=record.ports[0].container if record.ports else None,
    )


def what_is_lost(config: Mapping[str, Any], snapshots: Collection[str]) -> tuple[str, ...]:
    """Return what an empty container lacks of the lost one, in sentences: the worst first."""
    return tuple(_what_is_lost(config, snapshots))


def pct_line(request: CreateRequest, config: Mapping[str, Any], vmid: int, storage: str) -> str:
    """Return the command that makes the empty container with every setting of the last config, for root on the node."""
    parts = [f"pct create {vmid} {shlex.quote(request.template)}"]
    for key in sorted(config):
        if key in _NOT_SET - {"arch", "unprivileged"} or key.startswith(Device.UNUSED):
            continue
        value = str(config[key])
        if key == ROOT:
            value = f"{storage}:{request.disk_gib}"
        elif key.startswith(Device.MOUNT) and not properties(value).is_folder:
            value = _empty_volume(properties(value))
        parts.append(f"--{key} {shlex.quote(plain(value, limit=1000))}")
    return " ".join(parts)


def _what_is_lost(config: Mapping[str, Any], snapshots: Collection[str]) -> Iterator[str]:
    volumes = [f"{ROOT} ({_gib(properties(config.get(ROOT, '')))} GiB)"]
    volumes += [
        f"{key} ({plain(mount.named.get('mp') or '?')}, {_gib(mount)} GiB)"
        for key, mount in devices(config, Device.MOUNT)
        if not mount.is_folder
    ]
    yield f"it is EMPTY: everything that was on {describe(volumes)} is lost"
    if snapshots:
        yield f"its snapshots are lost: {', '.join(map(plain, snapshots))}"
    addresses = sorted(fingerprint_of(config).hwaddrs)
    if addresses:
        had = ", ".join(addresses)
        yield f"its network card gets a new hardware address, and so perhaps another lease; it had {had}"
    if str(config.get("unprivileged", 0)) != "1":
        yield "it was privileged, and becomes unprivileged"
    left_out = [key for key in sorted(config) if not _is_taken(key, config[key])]
    if left_out:
        yield f"these settings are not taken over: {', '.join(map(plain, left_out))}"
    yield "it is a new native container with a record of its own; the history stays with the record of the lost one"


def _is_taken(key: str, value: object) -> bool:
    if key == "features":
        return value == "nesting=1"
    return key in _TAKEN or key in _NOT_SET - {"lxc"} or key in (ROOT, _NET0) or key.startswith(Device.UNUSED)


def _empty_volume(mount: Properties) -> str:
    rest = "".join(f",{name}={value}" for name, value in mount.named.items() if name not in ("size", "volume"))
    return f"{_storage_of(mount) or 'STORAGE'}:{_gib(mount)}{rest}"


def _storage_of(mount: Properties) -> str | None:
    return names.storage_of(mount.volume) if mount.volume is not None and names.is_volume(mount.volume) else None


def _gib(mount: Properties) -> int:
    """Return the size of a volume in whole GiB, at least its own; 4 where it is not told, as Proxmox gives."""
    size = size_in_bytes(mount.named.get("size", ""))
    return 4 if size is None else max(1, -(-size // _GIB))


def _number(value: object, otherwise: int) -> int:
    try:
        return int(str(value))
    except ValueError:
        return otherwise
