"""The network of a copy: what is asked for, what of it differs, and when the fresh copy may be written."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.create import clone_network as rules
from proximity_tui.core.doctrine.actions.create.clone_network import CardPlan, NetworkRequest
from proximity_tui.core.model import Refusal
from proximity_tui.core.model.actions.plan_options import CloneOptions

CONFIG = {
    "net1": "name=eth1,bridge=vmbr1,hwaddr=BC:24:11:00:00:02,ip=dhcp",
    "net0": "name=eth0,bridge=vmbr0,gw=10.0.0.1,hwaddr=BC:24:11:00:00:01,ip=10.0.0.5/24,tag=7",
}


def card(config: dict[str, Any] | None = None, **wish: Any) -> CardPlan:
    found = rules.plan_card(NetworkRequest(**wish), CONFIG if config is None else config, 101)
    assert isinstance(found, CardPlan), found
    return found


def options(**wish: Any) -> CloneOptions:
    found = card(**wish)
    return CloneOptions(101, 1, "pve1", True, "m", network=found.key, properties=found.properties)


def changed(found: CardPlan) -> dict[str, str | None]:
    return {one.name: one.value for one in found.properties if one.changes}


def test_without_a_wish_or_without_a_difference_there_is_no_card() -> None:
    assert card() == CardPlan()
    assert card(vlan=7, bridge="vmbr0", address="10.0.0.5/24", gateway="10.0.0.1") == CardPlan()


@pytest.mark.parametrize(
    ("wish", "key", "differs"),
    [
        ({"vlan": 9}, "net0", {"tag": "9"}),
        ({"vlan": 0}, "net0", {"tag": None}),
        ({"network": "net1", "address": "10.2.0.5/24"}, "net1", {"ip": "10.2.0.5/24"}),
        ({"address": "dhcp"}, "net0", {"ip": "dhcp", "gw": None}),
        ({"address": "none"}, "net0", {"ip": None, "gw": None}),
        ({"address": "10.0.0.9/25"}, "net0", {"ip": "10.0.0.9/25"}),
        ({"address6": "dhcp"}, "net0", {"ip6": "dhcp"}),
        ({"address6": "2001:db8::5/64", "gateway6": "fe80::1"}, "net0", {"ip6": "2001:db8::5/64", "gw6": "fe80::1"}),
    ],
)
def test_only_what_is_asked_for_differs(wish: dict[str, Any], key: str, differs: dict[str, str | None]) -> None:
    found = card(**wish)
    assert (found.key, changed(found)) == (key, differs)
    assert "hwaddr" not in {one.name for one in found.properties}


@pytest.mark.parametrize(
    ("wish", "config", "said"),
    [
        ({"vlan": 9}, {}, "CT 101 has no network card"),
        ({"network": "net4", "vlan": 9}, CONFIG, "no network card net4: it has net0 and net1"),
        ({"address": "10.9.0.5/24"}, CONFIG, "the gateway is that of the source, name another one, or none"),
        ({"gateway6": "fe80::1"}, CONFIG, "a gateway needs an address"),
        ({"gateway": "10.0.0.5"}, CONFIG, "the address of the container itself"),
    ],
)
def test_what_does_not_fit_the_source_is_refused(wish: dict[str, Any], config: dict[str, Any], said: str) -> None:
    found = rules.plan_card(NetworkRequest(**wish), config, 101)
    assert isinstance(found, Refusal)
    assert said in found.reason


@pytest.mark.parametrize(
    ("wish", "wrong"),
    [
        ({"network": "net1", "vlan": 1}, False),
        ({"network": "net1"}, True),
        ({"network": "rootfs", "vlan": 1}, True),
        ({"vlan": -1}, True),
        ({"vlan": 0}, False),
        ({"bridge": "a/b"}, True),
        ({"gateway": "none"}, False),
        ({"gateway": "10.0.0.300"}, True),
        ({"address": "none"}, False),
        ({"address": "auto"}, True),
        ({"address6": "auto"}, False),
        ({"gateway6": "10.0.0.1"}, True),
    ],
)
def test_a_wish_is_checked_by_itself(wish: dict[str, Any], wrong: bool) -> None:
    assert (rules.check_network(NetworkRequest(**wish)) is not None) is wrong


def test_the_copy_is_written_as_it_is_with_its_own_hardware_address() -> None:
    wanted = options(vlan=0, address="10.0.0.6/24")
    fresh = {"net0": CONFIG["net0"].replace("00:01", "00:99"), "net1": CONFIG["net1"]}
    change = rules.change_of(wanted, fresh)
    assert (change.key, change.value) == (
        "net0",
        "name=eth0,bridge=vmbr0,gw=10.0.0.1,hwaddr=BC:24:11:00:00:99,ip=10.0.0.6/24",
    )
    assert not rules.is_written(wanted, fresh)
    assert rules.check_card(wanted, fresh, "web2") is None
    assert rules.is_written(wanted, {"net0": change.value})
    assert rules.check_card(wanted, {"net0": change.value}, "web2") is None
    assert wanted.network_setting == "name=eth0,bridge=vmbr0,gw=10.0.0.1,ip=10.0.0.6/24"


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (CONFIG["net0"].replace("10.0.0.5", "10.0.0.66"), "net0.ip of web2 is 10.0.0.66/24"),
        (CONFIG["net0"].replace("tag=7", "tag=8"), "net0.tag of web2 is 8"),
        (None, "net0.ip of web2 is none"),
    ],
)
def test_what_somebody_else_made_of_it_is_not_written_over(now: str | None, said: str) -> None:
    refused = rules.check_card(options(vlan=0, address="10.0.0.6/24"), {} if now is None else {"net0": now}, "web2")
    assert refused is not None
    assert said in refused.reason


def test_a_fixed_address_that_the_copy_keeps_is_noticed_on_any_card() -> None:
    fixed6 = {**CONFIG, "net1": f"{CONFIG['net1']},ip6=2001:db8::5/64"}
    assert rules.keeps_fixed_address(CONFIG, CardPlan())
    assert not rules.keeps_fixed_address(CONFIG, card(address="dhcp"))
    assert rules.keeps_fixed_address(CONFIG, card(vlan=9))
    assert rules.keeps_fixed_address(fixed6, card(address="dhcp"))


def test_the_step_tells_each_difference_from_what_to_what() -> None:
    begin = "change net0 of the copy (CT 105) before its first start: "
    assert rules.step_of(card(address6="dhcp"), 105).reason == begin + "net0.ip6 none → dhcp"
    assert rules.step_of(card(address="dhcp", vlan=9), 105).reason == (
        begin + "net0.gw 10.0.0.1 → none, net0.ip 10.0.0.5/24 → dhcp, net0.tag 7 → 9"
    )
