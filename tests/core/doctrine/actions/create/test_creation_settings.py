"""The settings of a new container: what is wrong by itself, and which templates need nesting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.create.creation import CreatePlace, check_request, plan_create
from proximity_tui.core.doctrine.actions.create.creation_settings import needs_nesting, not_kept, settings_sentence
from proximity_tui.core.model import CreateRequest, Plan, Quorum, Refusal
from proximity_tui.core.model.actions.plan_options import CreateOptions
from tests.support.records.make import MARKER

GOOD = CreateRequest("local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst", "web2")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"vmid": 99}, "VMID: at least 100, at most 999999999"),
        ({"vmid": 10**9}, "VMID: at least 100, at most 999999999"),
        ({"vlan": 0}, "VLAN: at least 1, at most 4094"),
        ({"vlan": 4095}, "VLAN: at least 1, at most 4094"),
        ({"swap_mib": 134217729}, "swap: at least 0 MiB, at most 134217728"),
        ({"memory_mib": 15}, "memory: at least 16 MiB, at most 134217728"),
        ({"swap_mib": -1}, "swap: at least 0 MiB"),
        ({"tags": ("a b",)}, "'a b' is not a tag"),
        ({"tags": ("web;x",)}, "'web;x' is not a tag"),
        ({"pool": "a b"}, "'a b' is not the name of a pool"),
        ({"dns": ("one",)}, "'one' is not the IP address of a DNS server"),
        ({"search_domain": "a_b"}, "'a_b' is not a domain"),
        ({"address": "10.0.0.5"}, "not an IPv4 address with its prefix"),
        ({"address": "10.0.0.5/24,gw=1"}, "not an IPv4 address with its prefix"),
        ({"address": "10.0.0.0/24"}, "not the address of a host"),
        ({"address": "10.0.0.255/24"}, "not the address of a host"),
        ({"gateway": "10.0.0.1"}, "a gateway needs an address"),
        ({"address": "10.0.0.5/24", "gateway": "gw"}, "'gw' is not the IPv4 address of a gateway"),
        ({"address": "10.0.0.5/24", "gateway": "10.0.1.1"}, "is not in the network 10.0.0.0/24"),
        ({"address": "10.0.0.5/24", "gateway": "10.0.0.5"}, "the address of the container itself"),
        ({"address6": "2001:db8::5"}, "not an IPv6 address with its prefix, such as 2001:db8::5/64"),
        ({"address6": "10.0.0.5/24"}, "not an IPv6 address with its prefix"),
        ({"address6": "fe80::5%eth0/64"}, "not an IPv6 address with its prefix"),
        ({"address6": "2001:db8::/64"}, "not the address of a host: 2001:db8::/64 begins with it"),
        ({"gateway6": "2001:db8::1"}, "auto and dhcp bring their own"),
        ({"address6": "auto", "gateway6": "2001:db8::1"}, "a gateway needs an address"),
        ({"address6": "2001:db8::5/64", "gateway6": "10.0.0.1"}, "'10.0.0.1' is not the IPv6 address of a gateway"),
        ({"address6": "2001:db8::5/64", "gateway6": "2001:db9::1"}, "is not in the network 2001:db8::/64"),
        ({"address6": "2001:db8::5/64", "gateway6": "2001:db8::5"}, "the address of the container itself"),
    ],
)
def test_a_setting_that_is_wrong_by_itself_is_refused_with_what_would_be_right(
    change: dict[str, Any], sentence: str
) -> None:
    refused = check_request(replace(GOOD, **change))
    assert isinstance(refused, Refusal), change
    assert (refused.code, sentence in refused.reason) == ("invalid", True), refused


@pytest.mark.parametrize(
    "change",
    [
        {"address": "10.0.0.5/24", "gateway": "10.0.0.1", "vlan": 4094},
        {"address": "10.0.0.0/31", "gateway": "10.0.0.1"},
        {"memory_mib": 134217728, "swap_mib": 134217728},
        {"address6": "auto"},
        {"address": "10.0.0.5/24", "gateway": "10.0.0.1", "address6": "2001:db8::5/64", "gateway6": "2001:db8::1"},
        {"address6": "2001:db8::5/64", "gateway6": "fe80::1"},
        {"dns": ("10.0.0.2", "fd00::2"), "search_domain": "lab.example"},
        {"vmid": 100, "swap_mib": 0, "memory_mib": 16, "tags": ("a.b-c_d+e",), "pool": "team/dev"},
    ],
)
def test_a_setting_that_is_right_passes(change: dict[str, Any]) -> None:
    assert check_request(replace(GOOD, **change)) is None


@pytest.mark.parametrize(
    ("template", "needs"),
    [
        ("debian-11-standard_11.7-1_amd64.tar.zst", False),
        ("debian-12-standard_12.7-1_amd64.tar.zst", True),
        ("debian-13-standard_13.1-2_amd64.tar.zst", True),
        ("ubuntu-20.04-standard_20.04-1_amd64.tar.gz", False),
        ("ubuntu-22.04-standard_22.04-1_amd64.tar.zst", True),
        ("ubuntu-24.04-standard_24.04-2_amd64.tar.zst", True),
        ("fedora-42-default_20250428_amd64.tar.xz", True),
        ("rockylinux-8-default_20210929_amd64.tar.xz", False),
        ("rockylinux-9-default_20240912_amd64.tar.xz", True),
        ("almalinux-9-default_20240911_amd64.tar.xz", True),
        ("centos-9-stream-default_20240828_amd64.tar.xz", True),
        ("archlinux-base_20240911-1_amd64.tar.zst", True),
        ("alpine-3.22-default_20250617_amd64.tar.xz", False),
        ("devuan-5.0-standard_5.0_amd64.tar.gz", False),
        ("my-own-image.tar.zst", False),
        ("debian.tar.zst", False),
    ],
)
def test_nesting_is_proposed_where_the_systemd_of_a_template_needs_it(template: str, needs: bool) -> None:
    assert needs_nesting(f"local:vztmpl/{template}") is needs


@pytest.mark.parametrize(("tags", "told"), [(("web",), "tag web"), (("web", "prod"), "tags web and prod")])
def test_the_plan_says_the_settings_in_words(tags: tuple[str, ...], told: str) -> None:
    plan = plan_create(replace(GOOD, tags=tags), CreatePlace("prod", "pve1", "local-lvm", 101, Quorum(True)), MARKER)
    assert isinstance(plan, Plan)
    assert told in settings_sentence(plan.carries(CreateOptions))


DEBIAN_12 = CreateOptions(GOOD.template, "local-lvm", 1, 512, 8, MARKER, bridge=None)
NO_DEBIAN = replace(DEBIAN_12, template="local:vztmpl/alpine-3.22-default_20250617_amd64.tar.xz")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (DEBIAN_12, "no network"),
        (replace(DEBIAN_12, bridge="vmbr0"), "network vmbr0, DHCP"),
        (
            replace(DEBIAN_12, bridge="vmbr0", vlan=5, address="10.0.0.5/24", gateway="10.0.0.1"),
            "network vmbr0, VLAN 5, 10.0.0.5/24, gateway 10.0.0.1",
        ),
        (
            replace(DEBIAN_12, bridge="vmbr0", address6="2001:db8::5/64", gateway6="fe80::1"),
            "network vmbr0, DHCP, IPv6 2001:db8::5/64, gateway fe80::1",
        ),
        (
            replace(DEBIAN_12, dns=("10.0.0.2",), search_domain="lab.example", swap_mib=0),
            "no network; DNS 10.0.0.2; search domain lab.example; swap 0 MiB",
        ),
        (
            replace(DEBIAN_12, nesting=True, pool="dev", onboot=True),
            "no network; nesting on, which the systemd of this template needs; pool dev; start at boot",
        ),
        (replace(NO_DEBIAN, nesting=True), "no network; nesting on"),
        (
            replace(DEBIAN_12, password=True, ssh_keys=1),
            "no network; with a root password that is not kept; with an SSH key",
        ),
        (replace(DEBIAN_12, ssh_keys=2), "no network; with 2 SSH keys"),
    ],
)
def test_each_setting_is_told_where_it_is_set(options: CreateOptions, told: str) -> None:
    assert settings_sentence(options) == told


@pytest.mark.parametrize(
    ("access", "missing"),
    [
        ({}, None),
        ({"password": True}, "its root password was"),
        ({"ssh_keys": 1}, "its SSH keys were"),
        ({"password": True, "ssh_keys": 2}, "its root password and its SSH keys were"),
    ],
)
def test_a_creation_cannot_be_resumed_without_the_access_that_is_kept_nowhere(
    access: dict[str, Any], missing: str | None
) -> None:
    told = None if missing is None else f"a resume cannot create it, because {missing} not kept: create it again"
    assert not_kept(replace(DEBIAN_12, **access)) == told
