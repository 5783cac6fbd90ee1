"""The rules for the network of a clone: which properties of one network card are not to be as those of its source.

Proxmox gives a copy a hardware address of its own and leaves the rest: bridge, VLAN, addresses. What is asked for is
written into the config of the copy before it is started; nothing is written into that of its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proximity_tui.core.base.text import describe
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.ip_addresses import (
    AUTOMATIC,
    IPV4,
    IPV6,
    LARGEST_VLAN,
    Family,
    wrong_gateway,
    wrong_pair,
)
from proximity_tui.core.doctrine.guards.wrong_texts import wrong_bridge
from proximity_tui.core.model import Refusal, RefusalCode, Step, StepName
from proximity_tui.core.model.actions.plan_options import CloneOptions, ConfigChange, PropertyChange
from proximity_tui.core.model.guests.guest_config import Device, devices, is_network, named_properties, properties

NONE = "none"
"""What a person writes to leave an address or a gateway out."""

_DYNAMIC = frozenset({"dhcp", NONE})
_DYNAMIC6 = AUTOMATIC | {NONE}
_HWADDR = "hwaddr"


@value_object(kw_only=True)
class NetworkRequest:
    """What a person asks of the network of a copy. What is None is as in the source."""

    network: str | None = None
    """The network card, such as `net1`; None: the first one."""
    bridge: str | None = None
    vlan: int | None = None
    """0: no VLAN."""
    address: str | None = None
    """An IPv4 address with its prefix, `dhcp`, or `none`."""
    gateway: str | None = None
    """An IPv4 address, or `none`."""
    address6: str | None = None
    """An IPv6 address with its prefix, `auto`, `dhcp`, or `none`."""
    gateway6: str | None = None

    @property
    def asks(self) -> bool:
        """True where anything is asked for."""
        asked = (self.bridge, self.vlan, self.address, self.gateway, self.address6, self.gateway6)
        return any(one is not None for one in asked)


@value_object
class CardPlan:
    """One network card of a copy: its key, and all its properties but the hardware address."""

    key: str | None = None
    """None: it stays as it is."""
    properties: tuple[PropertyChange, ...] = ()


def check_network(request: NetworkRequest) -> Refusal | None:
    """Return the refusal for the first property that is wrong by itself, else None."""
    sentence = (
        _wrong_card(request)
        or _wrong_family(IPV4, request.address, request.gateway, _DYNAMIC)
        or _wrong_family(IPV6, request.address6, request.gateway6, _DYNAMIC6)
    )
    return None if sentence is None else Refusal(RefusalCode.INVALID, sentence)


def plan_card(request: NetworkRequest, config: Mapping[str, Any], vmid: int) -> CardPlan | Refusal:
    """Return the plan of the network card of a copy of CT `vmid`, which has this config; or the refusal."""
    if not request.asks:
        return CardPlan()
    cards = [key for key, _ in devices(config, Device.NETWORK)]
    key = request.network or next(iter(cards), None)
    if key is None or key not in cards:
        there = f": it has {describe(cards)}" if cards else ""
        what = f"network card {key}" if key is not None else "network card"
        return Refusal(RefusalCode.INVALID, f"CT {vmid} has no {what}{there}")
    before = dict(properties(config[key]).named)
    before.pop(_HWADDR, None)
    wanted = _wanted(request, before)
    if isinstance(wanted, Refusal):
        return wanted
    order = [*before, *(name for name in wanted if name not in before)]
    found = tuple(PropertyChange(name, wanted.get(name), before.get(name)) for name in order)
    return CardPlan(key, found) if any(one.changes for one in found) else CardPlan()


def step_of(card: CardPlan, vmid: int) -> Step:
    """Return the step that gives the copy its network card."""
    told = [
        f"{card.key}.{one.name} {one.before or NONE} \N{RIGHTWARDS ARROW} {one.value or NONE}"
        for one in card.properties
        if one.changes
    ]
    reason = f"change {card.key} of the copy (CT {vmid}) before its first start: {', '.join(told)}"
    return Step(StepName.CHANGE, reason)


def keeps_fixed_address(config: Mapping[str, Any], card: CardPlan) -> bool:
    """Return whether a copy of a container with this config has a fixed address of its source on any card."""
    changed = {one.name for one in card.properties if one.changes}
    return any(
        named.named.get(name, NONE) not in _DYNAMIC6 | {"manual"} and not (key == card.key and name in changed)
        for key, named in devices(config, Device.NETWORK)
        for name in ("ip", "ip6")
    )


def change_of(options: CloneOptions, config: Mapping[str, Any]) -> ConfigChange:
    """Return the setting to write into the config of the copy: as it is there, with what is asked for."""
    key = str(options.network)
    named = named_properties(config.get(key))
    for one in options.properties:
        if one.changes and one.value is None:
            named.pop(one.name, None)
        elif one.changes:
            named[one.name] = str(one.value)
    return ConfigChange(key, _joined(named), None if config.get(key) is None else str(config[key]))


def is_written(options: CloneOptions, config: Mapping[str, Any]) -> bool:
    """Return whether the copy has everything that is asked for."""
    named = named_properties(config.get(str(options.network)))
    return all(named.get(one.name) == one.value for one in options.properties if one.changes)


def check_card(options: CloneOptions, config: Mapping[str, Any], name: str) -> Refusal | None:
    """Return the refusal where somebody changed one of the properties of the fresh copy, else None: it must be as in
    the source that was shown, or as asked for.
    """
    named = named_properties(config.get(str(options.network)))
    for one in options.properties:
        if one.changes and named.get(one.name) not in (one.before, one.value):
            return refusals.changed(f"{options.network}.{one.name} of {name} is {named.get(one.name) or NONE}")
    return None


def _wanted(request: NetworkRequest, before: Mapping[str, str]) -> dict[str, str] | Refusal:
    """Return the properties of the card as asked for, or the refusal."""
    named = dict(before)
    if request.bridge is not None:
        named["bridge"] = request.bridge
    if request.vlan is not None:
        _set(named, "tag", str(request.vlan) if request.vlan else NONE)
    for family, dynamic, names_of, asked in (
        (IPV4, _DYNAMIC, ("ip", "gw"), (request.address, request.gateway)),
        (IPV6, _DYNAMIC6, ("ip6", "gw6"), (request.address6, request.gateway6)),
    ):
        wrong = _address(named, family, dynamic, names_of, asked)
        if wrong is not None:
            return Refusal(RefusalCode.INVALID, wrong)
    return named


def _address(
    named: dict[str, str],
    family: Family,
    dynamic: frozenset[str],
    keys: tuple[str, str],
    asked: tuple[str | None, str | None],
) -> str | None:
    """Put an address and its gateway into the properties of a card; return what is wrong with them, else None."""
    (ip, gw), (address, gateway) = keys, asked
    if address is None and gateway is None:
        return None
    if address is not None:
        _set(named, ip, address)
    now = named.get(ip, NONE)
    if gateway is not None or now in dynamic:
        _set(named, gw, gateway or NONE)
    wrong = wrong_pair(family, None if now in dynamic else now, named.get(gw))
    if wrong is not None and gateway is None:
        return f"{wrong}: the gateway is that of the source, name another one, or none"
    return wrong


def _set(named: dict[str, str], name: str, value: str) -> None:
    if value == NONE:
        named.pop(name, None)
    else:
        named[name] = value


def _joined(named: Mapping[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in named.items())


def _wrong_card(request: NetworkRequest) -> str | None:
    if request.network is not None and not is_network(request.network):
        return f"{request.network!r} is not a network card, such as net0"
    if request.network is not None and not request.asks:
        return f"say what {request.network} is to have: a bridge, a VLAN, an address or a gateway"
    if wrong := wrong_bridge(request.bridge):
        return wrong
    if request.vlan is not None and not 0 <= request.vlan <= LARGEST_VLAN:
        return f"VLAN: at least 1, at most {LARGEST_VLAN}, or 0 for none"
    return None


def _wrong_family(family: Family, address: str | None, gateway: str | None, dynamic: frozenset[str]) -> str | None:
    given = None if gateway == NONE else gateway
    if address is not None:
        return wrong_pair(family, None if address in dynamic else address, given)
    return None if given is None else wrong_gateway(family, given)
