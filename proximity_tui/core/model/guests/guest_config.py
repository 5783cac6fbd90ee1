"""The only parser of the config of a container: switches, numbered keys, property strings, tags.

It keeps every text as it is; the code that shows one makes it plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import names

_NAMED = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_-]*)=(?P<value>.*)", re.DOTALL)
_NUMBERED = re.compile(r"(?P<device>[a-z]+)(?P<number>[0-9]{1,9})")
_SIZE = re.compile(r"(?P<number>\d{1,12}(?:\.\d{1,3})?)(?P<unit>[KMGT]?)", re.ASCII)
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_TAG_ENDS = re.compile(r"[;,\s]+")
_PROPERTY_STRINGS = re.compile(r"(?:net|mp|unused|dev)[0-9]{1,9}|rootfs|features|startup")


class Device(StrEnum):
    """The keys that a container may have several of, each with a number: `net0`, `mp1`."""

    NETWORK = "net"
    MOUNT = "mp"
    UNUSED = "unused"


LARGEST_DISK_GIB = 131_072
"""Proxmox has no limit of its own. More is a slip of the keyboard, or more than its storages hold."""

ROOT = "rootfs"
"""The key of the root volume."""


@value_object
class Properties:
    """A property string taken apart: `local:vm-101-disk-0,size=4G`, `name=eth0,bridge=vmbr0`."""

    default: str | None
    """What stands first and has no name: the volume, or the folder of a bind mount. None where there is none."""
    named: Mapping[str, str]
    """The rest by name, in its order; of one that stands twice, the first. A word without `=` is empty."""

    @property
    def volume(self) -> str | None:
        """The volume or folder of a mount point, with its name in front or without; None where there is none."""
        return self.default or self.named.get("volume") or None

    @property
    def is_folder(self) -> bool:
        """True for a bind mount: a folder or device of the node instead of a volume."""
        return (self.volume or "").startswith("/")


def properties(value: object) -> Properties:
    """Return the property string in a setting, taken apart. Every text is one: nothing is refused."""
    first, *rest = str(value).split(",")
    alone = _NAMED.fullmatch(first) is None
    named: dict[str, str] = {}
    for part in rest if alone else (first, *rest):
        name, _, text = part.partition("=")
        if part:
            named.setdefault(name, text)
    return Properties(first if alone and first else None, named)


def is_on(config: Mapping[str, Any], setting: str) -> bool:
    """Return whether a switch is on; one that is not in the config is off."""
    return str(config.get(setting, 0)) in ("1", "True")


@lru_cache(maxsize=1024)
def _numbered(key: str) -> tuple[str, int] | None:
    """Return the kind and the number of a setting; None for one without a number. Thousands of configs have the same
    keys.
    """
    match = _NUMBERED.fullmatch(key)
    return None if match is None else (match["device"], int(match["number"]))


def kind_of(key: str) -> str:
    """Return the kind of a setting, without the number that some have: `net` of `net0`."""
    numbered = _numbered(key)
    return key if numbered is None else numbered[0]


def is_disk(key: str) -> bool:
    """Return whether a setting is a volume: the root volume, a mount point, or a volume that is not in use."""
    return key == ROOT or (key != kind_of(key) and kind_of(key) in (Device.MOUNT, Device.UNUSED))


def is_network(key: str) -> bool:
    """Return whether a setting is a network device."""
    return key != kind_of(key) and kind_of(key) == Device.NETWORK


def is_property_string(key: str) -> bool:
    """Return whether a setting is a property string, in which the order of the properties means nothing."""
    return _PROPERTY_STRINGS.fullmatch(key) is not None


def named_properties(value: object) -> dict[str, str]:
    """Return every property by name, in one way to write it: the volume among them, hardware addresses in capitals.
    None has none.
    """
    if value is None:
        return {}
    found = properties(value)
    volume = {} if found.default is None else {"volume": found.default}
    return volume | {name: text.upper() if name == "hwaddr" else text for name, text in found.named.items()}


def devices(config: Mapping[str, Any], *kinds: Device) -> Iterator[tuple[str, Properties]]:
    """Yield the devices of these kinds, by kind and number: their key, and their setting taken apart."""
    found = []
    for key in config:
        numbered = _numbered(key)
        if numbered is not None and numbered[0] in kinds:
            found.append((kinds.index(numbered[0]), numbered[1], key))
    for _, _, key in sorted(found):
        yield key, properties(config[key])


def disks(config: Mapping[str, Any], *, unused: bool = False) -> tuple[tuple[str, Properties], ...]:
    """Return the root volume and the mount points, by key; folders of the node among them. With `unused` also the
    volumes that are not in use.
    """
    root = ((ROOT, properties(config[ROOT])),) if ROOT in config else ()
    kinds = (Device.MOUNT, Device.UNUSED) if unused else (Device.MOUNT,)
    return (*root, *devices(config, *kinds))


def size_in_bytes(text: str) -> int | None:
    """Return the size that a text such as `4G` or `512M` means, in bytes; None where it is no size."""
    found = _SIZE.fullmatch(text)
    return None if found is None else int(float(found["number"]) * _UNITS[found["unit"]])


def volumes_size(config: Mapping[str, Any]) -> int | None:
    """Return the size of the root volume and the mount points together, in bytes; None where one has no size. Folders
    of the node are no volumes.
    """
    found = [size_in_bytes(disk.named.get("size", "")) for _, disk in disks(config) if not disk.is_folder]
    sizes = [size for size in found if size is not None]
    return sum(sizes) if sizes and len(sizes) == len(found) else None


def sizes_by_storage(config: Mapping[str, Any], *, unused: bool = False) -> dict[str, int | None]:
    """Return the size of the volumes on each storage together, in bytes; None where one has no size. Folders of the
    node are no volumes. With `unused` also the volumes that are not in use, which have no size in a config.
    """
    found: dict[str, int | None] = {}
    for _, disk in disks(config, unused=unused):
        if disk.volume is None or disk.is_folder:
            continue
        storage, size = names.storage_of(disk.volume), size_in_bytes(disk.named.get("size", ""))
        before = found.get(storage, 0)
        found[storage] = None if size is None or before is None else before + size
    return found


def tags(value: object) -> tuple[str, ...]:
    """Return tags as Proxmox splits them: at `;`, `,` and blanks. None has none."""
    return tuple(filter(None, _TAG_ENDS.split("" if value is None else str(value))))
