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
from proximity_tui.core.model.guests.guest_config import Properties, properties, tags

LONGEST_DESCRIPTION = 8192
"""Characters."""

ValueCheck = Callable[[str], str | None]
"""Return what is wrong with a value, as the end of a sentence; None for a good one."""

_MOST_MIB = 128 * 1024 * 1024
_STARTUP_PART = re.compile(r"(?:(?:order|up|down)=)?\d{1,9}")
_IS_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")
_IS_CARD = re.compile(r"[-_.\w]{1,15}", re.ASCII)


def wrong_network(value: str) -> str | None:
    """Return what is wrong with the value of a network card, None for a good one."""
    parts = properties(value)
    return wrong_line(value) or _wrong_card(parts) or _wrong_address(parts)


def wrong_line(value: str) -> str | None:
    """Return what is wrong with a value that is any line of text, None for a good one."""
    return wrong_text(value)


def _wrong_environment(value: str) -> str | None:
    # Proxmox separates the variables by NUL.
    return next(filter(None, map(wrong_text, value.split("\0"))), None)


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


def _wrong_card(parts: Properties) -> str | None:
    named = parts.named
    if parts.default is not None or not _IS_CARD.fullmatch(named.get("name", "")):
        return "the name of the card in the container is missing (name=eth0)"
    if wrong := wrong_bridge(named.get("bridge")):
        return wrong
    if "hwaddr" in named and not _IS_MAC.fullmatch(named["hwaddr"]):
        return f"{named['hwaddr']!r} is not a hardware address"
    tag = _number(1, 4094)(named["tag"]) if "tag" in named else None
    return tag and f"VLAN tag: {tag}"


def _wrong_address(parts: Properties) -> str | None:
    for name, words, kind in (
        ("ip", ("dhcp", "manual"), ipaddress.IPv4Interface),
        ("ip6", ("auto", "dhcp", "manual"), ipaddress.IPv6Interface),
    ):
        text = parts.named.get(name)
        if text is None or text in words:
            continue
        try:
            kind(text)
        except ValueError:
            return f"{name}={text} is no address with its prefix, such as 10.0.0.5/24, nor {' or '.join(words)}"
        if "/" not in text:
            return f"{name}={text} has no prefix, such as /24"
    for name in ("gw", "gw6"):
        try:
            ipaddress.ip_address(parts.named.get(name, "::"))
        except ValueError:
            return f"{name}={parts.named[name]} is not the address of a gateway"
    return None


_SWITCH = _word("0", "1")
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
    "features": wrong_line,
    "hostname": names.wrong_hostname,
    "memory": _number(16, _MOST_MIB, " MiB"),
    "nameserver": _wrong_servers,
    "onboot": _SWITCH,
    "protection": _SWITCH,
    "searchdomain": _wrong_domains,
    "startup": _wrong_startup,
    "swap": _number(0, _MOST_MIB, " MiB"),
    "tags": _wrong_tags,
    "timezone": wrong_line,
    "tty": _number(0, 6),
}
"""The settings that may be written, each with what may be its value."""
