"""The addresses of a container, of what was captured of it."""

from __future__ import annotations

from proximity_tui.core.doctrine.observation.addresses import addresses

LOOPBACK = {"name": "lo", "inet": "127.0.0.1/8", "inet6": "::1/128"}
ETH0 = {"name": "eth0", "inet": "10.10.10.101/24", "inet6": "fe80::be24:11ff:fe9d:9ae3/64"}


def test_configured_and_captured_ones_are_found_once_and_without_their_prefix() -> None:
    config = {
        "net0": "name=eth0,bridge=vmbr0,ip=10.10.10.101/24,ip6=auto",
        "net1": "name=eth1,ip=dhcp,ip6=2001:DB8::5/64",
        "nameserver": "9.9.9.9",
    }
    assert addresses(config, [LOOPBACK, ETH0]) == ("10.10.10.101", "2001:db8::5")


def test_what_is_no_address_finds_nobody() -> None:
    assert addresses({"net0": "name=eth0,ip=manual"}, [LOOPBACK, {"inet": 7}, {"inet": "10.1"}, {}]) == ()
    assert addresses(None) == ()
