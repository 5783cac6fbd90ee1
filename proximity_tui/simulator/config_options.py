"""The options of a container configuration: their schema, and how `netN` and mount points are read and written.
The order of the parts is Proxmox's own: the name or volume first, the rest by alphabet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from proximity_tui.simulator import parameters
from proximity_tui.simulator.parameters import BOOLEAN, Field, Unfit
from proximity_tui.simulator.vocabulary import FEATURE_KEYS, LOCKS, MOUNT_KEYS, NET_KEYS, OSTYPES

_UNKNOWN = "property is not defined in schema and the schema does not allow additional properties"
_MAC = re.compile(r"(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\Z")


def is_net(key: str) -> bool:
    """Return whether a setting is a network card: `net0`."""
    return re.fullmatch(r"net\d+", key) is not None


def is_mount_point(key: str) -> bool:
    """Return whether a setting is a volume or folder beside the root volume: `mp0`."""
    return re.fullmatch(r"mp\d+", key) is not None


def is_mount(key: str) -> bool:
    """Return whether a setting is mounted in the container: the root volume, or a mount point."""
    return key == "rootfs" or is_mount_point(key)


def parse(text: str, default: str | None = None) -> dict[str, str]:
    """Return `a=1,b=2` as a dictionary; the first part may lack its key where there is a default one."""
    parts: dict[str, str] = {}
    for part in text.split(","):
        key, equals, value = part.partition("=")
        if equals:
            parts[key] = value
        elif default and default not in parts:
            parts[default] = part
        else:
            raise Unfit("invalid format - format error\n")
    return parts


def write(parts: Mapping[str, str], *first: str) -> str:
    """Return the parts as one setting: `first` in their order (a `volume` without its key), then the others by name."""
    keys = [key for key in first if key in parts] + sorted(key for key in parts if key not in first)
    return ",".join(parts[key] if key == "volume" else f"{key}={parts[key]}" for key in keys)


def parse_net(text: str) -> dict[str, str]:
    return parse(text)


def write_net(parts: Mapping[str, str]) -> str:
    return write(parts, "name")


def parse_mount(text: str) -> dict[str, str]:
    return parse(text, "volume")


def write_mount(parts: Mapping[str, str]) -> str:
    return write(parts, "volume", "mp")


def _read_net(raw: Any) -> str:
    parts = parse(parameters.read_string(raw))
    complaints = [f"{{name}}.{key}: {_UNKNOWN}\n" for key in parts if key not in NET_KEYS]
    if "name" not in parts:
        complaints.append("{name}.name: property is missing and it is not optional\n")
    if "hwaddr" in parts and not _MAC.match(parts["hwaddr"]):
        complaints.append("{name}.hwaddr: invalid format - value does not look like a valid unicast MAC address\n")
    if complaints:
        raise Unfit("invalid format - format error\n" + "".join(complaints))
    return write_net(parts)


def _read_mount(raw: Any) -> str:
    parts = parse(parameters.read_string(raw), "volume")
    complaints = [f"{{name}}.{key}: {_UNKNOWN}\n" for key in parts if key not in MOUNT_KEYS]
    if complaints:
        raise Unfit("invalid format - format error\n" + "".join(complaints))
    return write_mount(parts)


def _read_features(raw: Any) -> str:
    parts = parse(parameters.read_string(raw))
    complaints = [f"{{name}}.{key}: {_UNKNOWN}\n" for key in parts if key not in FEATURE_KEYS]
    if complaints:
        raise Unfit("invalid format - format error\n" + "".join(complaints))
    return write(parts)


OPTIONS: dict[str, Field] = {
    "arch": Field(parameters.one_of("amd64", "i386", "arm64", "armhf", "riscv32", "riscv64")),
    "cmode": Field(parameters.one_of("shell", "console", "tty")),
    "console": BOOLEAN,
    "cores": Field(parameters.between(1, 8192)),
    "cpulimit": Field(parameters.read_number),
    "cpuunits": Field(parameters.between(0, 500_000)),
    "debug": BOOLEAN,
    "description": Field(parameters.at_most(8192)),
    "dev[n]": parameters.STRING,
    "entrypoint": parameters.STRING,
    "env": parameters.STRING,
    "features": Field(_read_features),
    "hookscript": parameters.STRING,
    "hostname": Field(parameters.read_dns_name),
    "lock": Field(parameters.one_of(*LOCKS)),
    "memory": Field(parameters.between(16)),
    "mp[n]": Field(_read_mount),
    "nameserver": parameters.STRING,
    "net[n]": Field(_read_net),
    "onboot": BOOLEAN,
    "ostype": Field(parameters.one_of(*OSTYPES)),
    "protection": BOOLEAN,
    "rootfs": Field(_read_mount),
    "searchdomain": parameters.STRING,
    "startup": parameters.STRING,
    "swap": Field(parameters.between(0)),
    "tags": Field(parameters.read_tags),
    "template": BOOLEAN,
    "timezone": parameters.STRING,
    "tty": Field(parameters.between(0, 6)),
    "unprivileged": BOOLEAN,
    "unused[n]": parameters.STRING,
}


def privilege(option: str) -> str:
    """Return the privilege on `/vms/N` that changing an option takes."""
    base = option.rstrip("0123456789")
    if base in ("cores", "cpulimit", "cpuunits"):
        return "VM.Config.CPU"
    if base in ("rootfs", "mp", "unused"):
        return "VM.Config.Disk"
    if base in ("memory", "swap"):
        return "VM.Config.Memory"
    if base in ("net", "nameserver", "searchdomain", "hostname"):
        return "VM.Config.Network"
    return "VM.Config.Options"


def known(option: str) -> bool:
    return option in OPTIONS or f"{option.rstrip('0123456789')}[n]" in OPTIONS


def stored_description(text: str) -> str:
    """Return a description as it is stored: as comment lines, so each line comes back with its line end."""
    return "".join(f"{line}\n" for line in text.split("\n")) if not text.endswith("\n") else text
