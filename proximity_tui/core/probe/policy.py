"""Which addresses may be probed. The prober takes only addresses that a policy admitted: nothing else can make one.

A cluster that is simulated, or that is reached on this machine, has `LoopbackOnly`: whatever its containers claim to
have as addresses, nothing leaves this machine. Every other cluster has `GuestAddresses`, which never admits this
machine's own. Pure: nobody is asked, and a name is no address.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import inet_aton
from typing import Protocol

from proximity_tui.core.model.names import without_prefix

_SEAL = object()


class ProbeAddress:
    """An address that may be probed. Use a policy's `admit`; nothing else can make one."""

    __slots__ = ("text",)

    def __init__(self, seal: object, text: str) -> None:
        if seal is not _SEAL:
            raise TypeError("an address to probe is made by a policy only")
        self.text = text

    def __repr__(self) -> str:
        return f"ProbeAddress({self.text})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ProbeAddress) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


class ProbePolicy(Protocol):
    """Which addresses of a cluster's containers may be probed."""

    why_not: str
    """Why an address is not admitted, for a person."""

    def admit(self, text: str) -> ProbeAddress | None:
        """Return the address in `text`, which may end in a prefix, or None where it may not be probed."""
        ...


class LoopbackOnly:
    """The policy of a simulated cluster, and of one that is reached on this machine."""

    why_not = "only loopback is probed for a cluster that is simulated or reached on this machine"

    def admit(self, text: str) -> ProbeAddress | None:
        """Return the address if it is one of this machine's loopback."""
        address = _address(text)
        return _admitted(address) if address is not None and address.is_loopback else None


class GuestAddresses:
    """The policy of every other cluster: what can be the address of one guest."""

    why_not = "not the address of one guest"

    def admit(self, text: str) -> ProbeAddress | None:
        """Return the address unless it is loopback, link-local, multicast, unspecified or reserved."""
        address = _address(text)
        if address is None or address.is_loopback or address.is_link_local:
            return None
        never = address.is_multicast or address.is_unspecified or address.is_reserved
        return None if never else _admitted(address)


def policy_for(*, simulated: bool, hosts: Iterable[str]) -> ProbePolicy:
    """Return the policy of a cluster; `hosts` are those that its API is reached at."""
    return LoopbackOnly() if simulated or any(map(_is_here, hosts)) else GuestAddresses()


def _is_here(host: str) -> bool:
    """Return whether a host is this machine, as far as its name says so; all below `localhost` is (RFC 6761)."""
    name = host.lower().rstrip(".")
    if name in ("localhost", "localhost.localdomain") or name.endswith(".localhost"):
        return True
    address = _address(host) or _short_address(name)
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return address is not None and (address.is_loopback or address.is_unspecified)


def _short_address(text: str) -> IPv4Address | None:
    """Return the address in a short form such as `127.1`: a connect takes it, so it may be this machine."""
    try:
        return IPv4Address(inet_aton(text))
    except (OSError, ValueError):
        return None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(without_prefix(text).strip("[]"))
    except ValueError:
        return None


def _admitted(address: IPv4Address | IPv6Address) -> ProbeAddress | None:
    """Return the address. One that means another (IPv4 in IPv6, a zone) is none: it is not what it looks like."""
    if isinstance(address, IPv6Address) and (address.ipv4_mapped or address.scope_id):
        return None
    return ProbeAddress(_SEAL, str(address))
