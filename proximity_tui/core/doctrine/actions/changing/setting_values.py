"""The values that a setting of a container's config may have, by Proxmox's schema (8.4 and 9.2)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping

from proximity_tui.core.doctrine.guards.wrong_texts import (
    wrong_bridge,
    wrong_dns_servers,
    wrong_domain,
    wrong_tags,
    wrong_text,
)
from proximity_tui.core.model import names
from proximity_tui.core.model.guests.guest_config import Device, Properties, properties, tags

LONGEST_DESCRIPTION = 8192
"""Characters."""

ValueCheck = Callable[[str], str | None]
"""Return what is wrong with a value, as the end of a sentence; None for a good one."""

_MOST_MIB = 128 * 1024 * 1024
_STARTUP_PART = re.compile(r"(?:(?:order|up|down)=)?\d{1,9}")
_IS_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")
_IS_VARIABLE = re.compile(r"\w+=")
_MOUNT_OPTIONS = ("discard", "lazytime", "noatime", "nodev", "noexec", "nosuid")
_IS_CARD = re.compile(r"[-_.\w]{1,15}", re.ASCII)


def wrong_network(value: str) -> str | None:
    """Return what is wrong with the value of a network card, None for a good one."""
    return wrong_line(value) or _wrong_card(properties(value))


def wrong_mount(value: str) -> str | None:
    """Return what is wrong with the value of a mount point, None for a good one."""
    return wrong_line(value) or _wrong_properties(properties(value), _MOUNT)


def wrong_line(value: str) -> str | None:
    """Return what is wrong with a value that is any line of text, None for a good one."""
    return wrong_text(value)


def _wrong_environment(value: str) -> str | None:
    # Proxmox separates the variables by NUL.
    variables = value.split("\0")
    wrong = next(filter(None, map(wrong_text, variables)), None)
    nameless = next((one for one in variables if not _IS_VARIABLE.match(one)), None)
    return wrong or (None if nameless is None else f"NAME=VALUE, not {nameless!r}")


def _wrong_timezone(value: str) -> str | None:
    good = re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", value)
    return None if good else f"host or a zone such as Europe/Berlin, not {value!r}"


def _number(least: int, most: int, unit: str = "") -> ValueCheck:
    def check(value: str) -> str | None:
        if value.isascii() and value.isdecimal() and len(value) < 12 and least <= int(value) <= most:
            return None
        return f"a number from {least} to {most}{unit}, not {value!r}"

    return check


def _word(*allowed: str) -> ValueCheck:
    return lambda value: None if value in allowed else f"{' or '.join(allowed)}, not {value!r}"


def _wrong_limit(value: str) -> str | None:
    good = re.fullmatch(r"\d{1,4}(\.\d{1,3})?", value, re.ASCII) is not None and float(value) <= 8192
    return None if good else f"a number from 0 to 8192, such as 1.5, not {value!r}"


def _wrong_tags(value: str) -> str | None:
    return wrong_tags(tags(value))


def _wrong_servers(value: str) -> str | None:
    if not value.strip():
        return "an IP address is missing"
    return wrong_dns_servers(server for server in value.replace(",", " ").split() if server != "host")


def _wrong_domains(value: str) -> str | None:
    return next(filter(None, map(wrong_domain, re.split(r"[,\s]+", value.strip()))), None)


def _wrong_startup(value: str) -> str | None:
    good = all(_STARTUP_PART.fullmatch(part) for part in value.split(","))
    return None if good else f"order=1,up=30,down=60 or a part of it, not {value!r}"


def _wrong_description(value: str) -> str | None:
    return wrong_text(value, lines=True, longest=LONGEST_DESCRIPTION)


def _wrong_features(value: str) -> str | None:
    return wrong_line(value) or _wrong_properties(properties(value), _FEATURES)


def _wrong_card(parts: Properties) -> str | None:
    named = parts.named
    if parts.default is not None or not _IS_CARD.fullmatch(named.get("name", "")):
        return "the name of the card in the container is missing (name=eth0)"
    return _wrong_properties(parts, _CARD)


def _wrong_properties(parts: Properties, checks: Mapping[str, ValueCheck]) -> str | None:
    """Return what is wrong with the first property that has a check and does not pass it, None where all are good."""
    for name, check in checks.items():
        wrong = check(parts.named[name]) if name in parts.named else None
        if wrong:
            return f"{name}: {wrong}"
    return None


def _wrong_mac(value: str) -> str | None:
    return None if _IS_MAC.fullmatch(value) else f"{value!r} is not a hardware address"


def _wrong_rate(value: str) -> str | None:
    good = re.fullmatch(r"\d{1,9}(\.\d{1,3})?", value, re.ASCII) is not None
    return None if good else f"a number of MB/s, not {value!r}"


def _wrong_vlan(value: str) -> str | None:
    wrong = _number(1, 4094)(value)
    return wrong and f"a VLAN is {wrong}"


def _wrong_trunks(value: str) -> str | None:
    return next(filter(None, map(_wrong_vlan, value.split(";"))), None)


def _wrong_folder(value: str) -> str | None:
    # Proxmox takes a path that is not absolute, and begins it at the root.
    good = value.strip("/") and not {".", ".."} & set(value.split("/"))
    return None if good else f"the path of a folder in the container, without . and .., not {value!r}"


def _wrong_options(value: str) -> str | None:
    return next(filter(None, map(_word(*_MOUNT_OPTIONS), value.split(";"))), None)


def _address(kind: type[ipaddress.IPv4Interface | ipaddress.IPv6Interface], *words: str) -> ValueCheck:
    version, address, prefix = (4, "10.0.0.5", "/24") if kind is ipaddress.IPv4Interface else (6, "2001:db8::5", "/64")

    def check(text: str) -> str | None:
        if text in words:
            return None
        try:
            kind(text)
        except ValueError:
            example = f"such as {address}{prefix}, nor {' or '.join(words)}"
            return f"{text!r} is no IPv{version} address with its prefix, {example}"
        return None if "/" in text else f"{text!r} has no prefix, such as {prefix}"

    return check


def _gateway(kind: type[ipaddress.IPv4Address | ipaddress.IPv6Address]) -> ValueCheck:
    def check(text: str) -> str | None:
        try:
            kind(text)
        except ValueError:
            return f"{text!r} is not the IPv{4 if kind is ipaddress.IPv4Address else 6} address of a gateway"
        return None

    return check


_SWITCH = _word("0", "1")
_CARD: Mapping[str, ValueCheck] = {
    "name": wrong_line,
    "bridge": wrong_bridge,
    "firewall": _SWITCH,
    "gw": _gateway(ipaddress.IPv4Address),
    "gw6": _gateway(ipaddress.IPv6Address),
    "host-managed": _SWITCH,
    "hwaddr": _wrong_mac,
    "ip": _address(ipaddress.IPv4Interface, "dhcp", "manual"),
    "ip6": _address(ipaddress.IPv6Interface, "auto", "dhcp", "manual"),
    "link_down": _SWITCH,
    "mtu": _number(64, 65535),
    "rate": _wrong_rate,
    "tag": _wrong_vlan,
    "trunks": _wrong_trunks,
    "type": _word("veth"),
}
_MOUNT: Mapping[str, ValueCheck] = {
    **dict.fromkeys(("acl", "backup", "keepattrs", "quota", "replicate", "ro", "shared"), _SWITCH),
    "idmap": wrong_line,
    "mountoptions": _wrong_options,
    "mp": _wrong_folder,
    "size": wrong_line,
    "volume": wrong_line,
}
KNOWN_PROPERTIES: Mapping[str, Mapping[str, ValueCheck]] = {Device.NETWORK: _CARD, Device.MOUNT: _MOUNT}
"""The properties of a setting, by its kind, each with what may be its value."""
_FEATURES: Mapping[str, ValueCheck] = {"nesting": _SWITCH}
PROPERTY_SWITCHES: Mapping[str, frozenset[str]] = {
    kind: frozenset(name for name, check in checks.items() if check is _SWITCH)
    for kind, checks in {**KNOWN_PROPERTIES, "features": _FEATURES}.items()
}
"""The properties of a setting that are on or off, by its kind."""
SETTINGS: Mapping[str, ValueCheck] = {
    "cmode": _word("shell", "console", "tty"),
    "console": _SWITCH,
    "cores": _number(1, 8192),
    "cpulimit": _wrong_limit,
    "cpuunits": _number(0, 500_000),
    "debug": _SWITCH,
    "description": _wrong_description,
    "entrypoint": wrong_line,
    "env": _wrong_environment,
    "features": _wrong_features,
    "hostname": names.wrong_hostname,
    "memory": _number(16, _MOST_MIB, " MiB"),
    "nameserver": _wrong_servers,
    "onboot": _SWITCH,
    "protection": _SWITCH,
    "searchdomain": _wrong_domains,
    "startup": _wrong_startup,
    "swap": _number(0, _MOST_MIB, " MiB"),
    "tags": _wrong_tags,
    "timezone": _wrong_timezone,
    "tty": _number(0, 6),
}
"""The settings that may be written, each with what may be its value."""
