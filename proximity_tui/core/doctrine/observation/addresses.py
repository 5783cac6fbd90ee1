"""The addresses of a container, from what was captured or read of it before. Nobody is asked, and none is guessed.

What DHCP gave is known only where the interfaces were captured; loopback and link-local addresses find nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.guests.guest_config import Device, devices
from proximity_tui.core.model.names import without_prefix


class AddressSource(StrEnum):
    """Where an address is known from."""

    CLINICAL = "clinical record"
    READ = "config, as it was read last"


@value_object
class GuestAddress:
    """One address without its prefix, and where it is known from."""

    text: str
    source: AddressSource


def addresses(config: Mapping[str, Any] | None, interfaces: Sequence[Mapping[str, Any]] = ()) -> tuple[str, ...]:
    """Return the addresses in a config and in captured interfaces, each once; what is no address is left out."""
    return tuple(dict.fromkeys(_usable((*_configured(config or {}), *_captured(interfaces)))))


def _configured(config: Mapping[str, Any]) -> Iterator[str]:
    for _, network in devices(config, Device.NETWORK):
        yield from (network.named[key] for key in ("ip", "ip6") if key in network.named)


def _captured(interfaces: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in interfaces:
        yield from (one[key] for key in ("inet", "inet6") if isinstance(one.get(key), str))


def _usable(texts: Iterable[str]) -> Iterator[str]:
    # Imported late: most processes show a list before they know of any clinical record.
    from ipaddress import ip_address

    for text in map(without_prefix, texts):
        if "." not in text and ":" not in text:
            # dhcp, auto, manual: most networks say no more, and to have such a word refused takes long.
            continue
        try:
            address = ip_address(text)
        except ValueError:
            # Nothing that anybody could have meant.
            continue
        if not (address.is_loopback or address.is_link_local):
            yield str(address)
