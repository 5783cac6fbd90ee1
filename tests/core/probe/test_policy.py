"""What may be probed: of a simulated cluster, and of one that is reached on this machine, nothing but loopback, by
construction.
"""

from __future__ import annotations

import ast
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proximity_tui
from proximity_tui.core.probe.policy import GuestAddresses, LoopbackOnly, ProbeAddress, policy_for

SOURCE = Path(proximity_tui.__file__).parent


@given(st.ip_addresses())
def test_the_policy_of_a_simulation_admits_exactly_loopback(address: object) -> None:
    admitted = LoopbackOnly().admit(str(address))
    assert (admitted is not None) is (str(address) == "::1" or str(address).startswith("127."))


@given(st.integers(0, 2**24 - 1))
def test_every_address_of_loopback_is_one_for_a_simulation_and_none_for_a_real_cluster(host: int) -> None:
    text = str(IPv4Address((127 << 24) + host))
    assert LoopbackOnly().admit(text) is not None
    assert GuestAddresses().admit(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "0.0.0.0", "::", "",
        "dhcp", "127.0.0.1:80", "fe80::1%lo", "::1%lo", "10.0.0.1, 127.0.0.1", "evil.example",
    ],
)  # fmt: skip
def test_what_only_looks_like_loopback_is_none(text: str) -> None:
    assert LoopbackOnly().admit(text) is None


@pytest.mark.parametrize("text", ["224.0.0.1", "0.0.0.0", "255.255.255.255", "169.254.1.1", "fe80::1", "ff02::1", "::"])
def test_what_is_no_single_guest_is_probed_nowhere(text: str) -> None:
    assert GuestAddresses().admit(text) is None


def test_a_guest_of_a_real_cluster_is_admitted_without_its_prefix() -> None:
    assert GuestAddresses().admit("10.10.10.101/24") == GuestAddresses().admit("10.10.10.101")
    assert GuestAddresses().admit("2001:4860::8/64") is not None


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST.", "0.0.0.0", "pve1.localhost", "127.1", "0x7f.1",
        "2130706433", "::ffff:127.0.0.1",
    ],
)  # fmt: skip
def test_a_cluster_that_is_reached_on_this_machine_counts_as_simulated(host: str) -> None:
    assert isinstance(policy_for(simulated=False, hosts=["pve1.example", host]), LoopbackOnly)


def test_a_simulated_cluster_has_loopback_only_wherever_it_is_reached() -> None:
    assert isinstance(policy_for(simulated=True, hosts=["pve1.example"]), LoopbackOnly)
    assert isinstance(policy_for(simulated=False, hosts=["pve1.example", "10.0.0.1"]), GuestAddresses)
    assert isinstance(policy_for(simulated=False, hosts=["notlocalhost", "10.1", "::ffff:10.0.0.1"]), GuestAddresses)


def test_nothing_but_a_policy_makes_an_address_to_probe() -> None:
    with pytest.raises(TypeError, match="made by a policy only"):
        ProbeAddress(object(), "10.0.0.1")


def test_one_call_connects_and_it_takes_an_address_of_a_policy() -> None:
    """By the source: the address is made in one place, and one place connects; it sends nothing and reads nothing."""
    made = [file for file in SOURCE.rglob("*.py") if "ProbeAddress(_SEAL" in file.read_text()]
    assert made == [SOURCE / "core/probe/policy.py"]
    calls = [
        node.func.attr
        for file in (SOURCE / "core/probe").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    assert calls.count("connect") == 1
    assert not {"send", "sendall", "recv", "create_connection", "connect_ex", "sendto", "getaddrinfo"} & set(calls)
