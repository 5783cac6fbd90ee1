"""The settings of a new container: what is wrong by itself, and which templates need nesting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.create.creation import CreatePlace, check_request, plan_create
from proximity_tui.core.doctrine.actions.create.creation_settings import needs_nesting, settings_sentence
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
        {"address6": "auto"},
        {"address": "10.0.0.5/24", "gateway": "10.0.0.1", "address6": "2001:db8::5/64", "gateway6": "2001:db8::1"},
        {"address6": "2001:db8::5/64", "gateway6": "fe80::1"},
        {"dns": ("10.0.0.2", "fd00::2"), "search_domain": "lab.example"},
        {"vmid": 100, "swap_mib": 0, "tags": ("a.b-c_d+e",), "pool": "team/dev"},
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
