"""The rules for what a network card is given: a VLAN, and of each version of IP an address with its gateway."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from proximity_tui.core.base.value_object import value_object

LARGEST_VLAN = 4094

AUTOMATIC = frozenset({"auto", "dhcp"})
"""How a container can come by an IPv6 address without being given one."""


@value_object
class Family:
    """The addresses of one version of IP, as they are read and spoken of."""

    name: str
    example: str
    brings: str
    """What brings a gateway of its own."""
    interface: Callable[[str], ipaddress.IPv4Interface | ipaddress.IPv6Interface]
    address: Callable[[str], ipaddress.IPv4Address | ipaddress.IPv6Address]
    ends: bool
    """Whether the last address of a network is no host's."""


IPV4 = Family("IPv4", "10.0.0.5/24", "DHCP brings its own", ipaddress.IPv4Interface, ipaddress.IPv4Address, True)
IPV6 = Family(
    "IPv6", "2001:db8::5/64", "auto and dhcp bring their own", ipaddress.IPv6Interface, ipaddress.IPv6Address, False
)


def wrong_pair(family: Family, address: str | None, gateway: str | None) -> str | None:
    """Return what is wrong with an address and its gateway, as a sentence; None where nothing is."""
    if address is None:
        return None if gateway is None else f"a gateway needs an address: {family.brings}"
    try:
        own = family.interface(address)
    except ValueError:
        own = None
    if own is None or "/" not in address or "%" in address:
        return f"{address!r} is not an {family.name} address with its prefix, such as {family.example}"
    network = own.network
    ends = (network.network_address, network.broadcast_address) if family.ends else (network.network_address,)
    if network.prefixlen < network.max_prefixlen - 1 and own.ip in ends:
        what = "begins and ends" if family.ends else "begins"
        return f"{address} is not the address of a host: {network} {what} with it"
    return None if gateway is None else _wrong_way(family, own, gateway)


def wrong_gateway(family: Family, gateway: str) -> str | None:
    """Return what is wrong with a gateway by itself, as a sentence; None where nothing is."""
    return None if _address(family, gateway) else f"{gateway!r} is not the {family.name} address of a gateway"


def _wrong_way(family: Family, own: ipaddress.IPv4Interface | ipaddress.IPv6Interface, gateway: str) -> str | None:
    """Return what is wrong with a gateway for a container with the address `own`."""
    way = _address(family, gateway)
    if way is None:
        return wrong_gateway(family, gateway)
    # A router of IPv6 is usually known by its link-local address.
    if way not in own.network and not (way.version == 6 and way.is_link_local):
        return f"gateway {way} is not in the network {own.network} of {own}"
    return f"gateway {way} is the address of the container itself" if way == own.ip else None


def _address(family: Family, text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return family.address(text) if "%" not in text else None
    except ValueError:
        return None
