"""The sentences about a text that cannot be what it is given as: a name, or a text that a person writes.

Each function returns None where nothing is given, or nothing is wrong; whether the cluster has what is named is another
question (`offered.py`). What a terminal obeys, or what turns the direction of a line, shows whoever reads it something
else than what is there.
"""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Callable, Iterable

from proximity_tui.core.model import names

_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories: control characters, halves of a pair, separators of lines and paragraphs."""

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def wrong_text(text: str, *, lines: bool = False, longest: int | None = None) -> str | None:
    """Return what is wrong with a description, a note or a setting without a grammar, as the end of a sentence, or
    None. It may have tabs, and with `lines` several lines. `longest` is in characters.
    """
    if longest is not None and len(text) > longest:
        return f"at most {longest} characters"
    allowed, read = ("\n\t", text.replace("\r\n", "\n")) if lines else ("\t", text)
    bad = next((letter for letter in read if letter not in allowed and _is_bad(letter)), None)
    if bad is None:
        return None
    if bad == "\n":
        return "one line, without a line break"
    return f"without the control character U+{ord(bad):04X}"


def wrong_volume(name: str | None) -> str | None:
    """Return what is wrong with the name of a volume; None where it can be one, or there is none."""
    return _wrong(name, names.is_volume, "a STORAGE:FILE")


def wrong_node(name: str | None) -> str | None:
    """Return what is wrong with the name of a node; None where it can be one, or there is none."""
    return _wrong(name, names.is_node, "the name of a node")


def wrong_bridge(name: str | None) -> str | None:
    """Return what is wrong with the name of a bridge; None where it can be one, or there is none."""
    return _wrong(name, names.is_bridge, "the name of a bridge")


def wrong_storage(name: str | None) -> str | None:
    """Return what is wrong with the name of a storage; None where it can be one, or there is none."""
    return _wrong(name, names.is_storage, "the name of a storage")


def wrong_pool(name: str | None) -> str | None:
    """Return what is wrong with the name of a pool; None where it can be one, or there is none."""
    return _wrong(name, names.is_pool, "the name of a pool")


def wrong_domain(name: str | None) -> str | None:
    """Return what is wrong with a domain to search; None where it can be one, or there is none."""
    return _wrong(name, names.is_hostname, "a domain")


def wrong_new_vmid(vmid: int | None) -> str | None:
    """Return what is wrong with the VMID of a container to be made; None where it can be one, or there is none."""
    if vmid is None or names.SMALLEST_NEW_VMID <= vmid <= names.LARGEST_VMID:
        return None
    return f"VMID: at least {names.SMALLEST_NEW_VMID}, at most {names.LARGEST_VMID}"


def wrong_tags(tags: Iterable[str]) -> str | None:
    """Return what is wrong with the first tag that cannot be one; None where all can."""
    found = (_wrong(tag, names.is_tag, "a tag: letters, digits and _ . + -, one word") for tag in tags)
    return next(filter(None, found), None)


def wrong_dns_servers(servers: Iterable[str]) -> str | None:
    """Return what is wrong with the first DNS server that cannot be one; None where all can."""
    found = (_wrong(server, _is_address, "the IP address of a DNS server") for server in servers)
    return next(filter(None, found), None)


def _is_bad(letter: str) -> bool:
    return letter in _TURNING or unicodedata.category(letter) in _CONTROLS


def _wrong(text: str | None, is_one: Callable[[str], bool], what: str) -> str | None:
    return None if text is None or is_one(text) else f"{text!r} is not {what}"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
