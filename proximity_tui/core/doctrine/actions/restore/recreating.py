"""A lost container without a backup: an empty one as its clinical record says, and what cannot come back.

A creation takes a part of the settings; `recreation_line` has all of them, for root on the node.
"""

from __future__ import annotations

import re
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
    is_on,
    named_properties,
    properties,
    size_in_bytes,
    tags,
)

_GIB = 2**30
_TAKEN = frozenset({"hostname", "cores", "memory", "swap", "nameserver", "searchdomain", "tags", "onboot"})
NOT_SET = frozenset({"digest", "lock", "parent", "template", "lxc", "arch", "ostype", "unprivileged"})
"""The settings that are none of our creation: Proxmox writes them itself, they follow from the template, or no token
may set them.
"""
_NET0 = "net0"
_FIRST_NAME = "eth0"
_TAKEN_OF_ROOT = frozenset({"size", "volume"})
_TAKEN_OF_CARD = frozenset({"bridge", "gw", "gw6", "hwaddr", "ip", "ip6", "name", "tag", "type"})
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
        storage=wanted.storage or storage_of(root),
        cores=_number(config.get("cores"), 1),
        memory_mib=_number(config.get("memory"), 512),
        disk_gib=gib_of(root),
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
        onboot=is_on(config, "onboot"),
        nesting=properties(config.get("features", "")).named.get("nesting") == "1",
        port=record.ports[0].container if record.ports else None,
    )


def what_is_lost(config: Mapping[str, Any], snapshots: Collection[str]) -> tuple[str, ...]:
    """Return what an empty container lacks of the lost one, in sentences: the worst first."""
    return tuple(_what_is_lost(config, snapshots))


def _what_is_lost(config: Mapping[str, Any], snapshots: Collection[str]) -> Iterator[str]:
    volumes = [f"{ROOT} ({gib_of(properties(config.get(ROOT, '')))} GiB)"]
    volumes += [
        f"{key} ({plain(mount.named.get('mp') or '?')}, {gib_of(mount)} GiB)"
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
    if "cores" not in config:
        yield "it might use every core of its node, and gets 1"
    if _NET0 in config and properties(config[_NET0]).named.get("ip") in (None, _MANUAL):
        yield "it asks for an IPv4 address by DHCP, and had none in its config"
    left_out = sorted([*(key for key in config if not _is_taken(key, config[key])), *_lost_properties(config)])
    if left_out:
        yield f"these settings are not taken over: {', '.join(map(plain, left_out))}"
    yield "it is a new native container with a record of its own; the history stays with the record of the lost one"


def _is_taken(key: str, value: object) -> bool:
    if key == "features":
        return value == "nesting=1"
    return key in _TAKEN or key in NOT_SET - {"lxc"} or key in (ROOT, _NET0) or key.startswith(Device.UNUSED)


def _lost_properties(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield the properties of the root volume and of the first network card that a creation does not take."""
    for key, taken in ((ROOT, _TAKEN_OF_ROOT), (_NET0, _TAKEN_OF_CARD)):
        for name, value in named_properties(config.get(key)).items():
            if name not in taken or (name == "name" and value != _FIRST_NAME):
                yield f"{key}.{name}"


def storage_of(mount: Properties) -> str | None:
    """Return the storage of a volume; None for a folder or device of the node."""
    return names.storage_of(mount.volume) if mount.volume is not None and names.is_volume(mount.volume) else None


def gib_of(mount: Properties) -> int:
    """Return the size of a volume in whole GiB, at least its own; 4 where it is not told, as Proxmox gives."""
    size = size_in_bytes(mount.named.get("size", ""))
    return 4 if size is None else max(1, -(-size // _GIB))


def _number(value: object, otherwise: int) -> int:
    try:
        return int(str(value))
    except ValueError:
        return otherwise
