"""Requests in a person's words, and the changes that they come to."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.changing.requests import RequestedChange, SettingRequest, read_request, resolve
from proximity_tui.core.model import Refusal
from proximity_tui.core.model.actions.plan_options import ConfigChange, DiskGrowth

CONFIG = {"memory": 512, "tags": "prod;web", "net0": "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01,ip=dhcp"}


def _requested(*texts: str) -> RequestedChange | Refusal:
    requested = [read_request(text) for text in texts]
    assert all(isinstance(request, SettingRequest) for request in requested), requested
    return resolve([request for request in requested if isinstance(request, SettingRequest)], CONFIG)


@pytest.mark.parametrize(
    ("texts", "change"),
    [
        (["memory=2G"], ("memory", "2048")),
        (["memory=768"], ("memory", "768")),
        (["swap=1.5 GiB"], ("swap", "1536")),
        (["name=web2"], ("hostname", "web2")),
        (["hostname="], ("hostname", None)),
        (["onboot=yes"], ("onboot", "1")),
        (["protection=off"], ("protection", "0")),
        (["tags=a b"], ("tags", "a b")),
        (["tags+=Dev"], ("tags", "dev;prod;web")),
        (["tags+=dev", "tags-=web,prod"], ("tags", "dev")),
        (["tags-=web,prod"], ("tags", None)),
        (["net0.bridge=vmbr1"], ("net0", "name=eth0,bridge=vmbr1,hwaddr=BC:24:11:00:00:01,ip=dhcp")),
        (["net0.tag=7", "net0.ip="], ("net0", "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01,tag=7")),
        (["description=a=b, c"], ("description", "a=b, c")),
        (["features.nesting=1"], ("features", "nesting=1")),
        (["features.nesting=Yes"], ("features", "nesting=1")),
        (["features=nesting=on"], ("features", "nesting=1")),
        (["net0.firewall=off"], ("net0", "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01,ip=dhcp,firewall=0")),
        (["mp0=local:1,mp=/yes,ro=true"], ("mp0", "local:1,mp=/yes,ro=1")),
        (["net0=name=on,bridge=vmbr0"], ("net0", "name=on,bridge=vmbr0")),
    ],
)
def test_a_request_comes_to_one_whole_setting(texts: list[str], change: tuple[str, Any]) -> None:
    assert _requested(*texts) == RequestedChange((ConfigChange(*change),))


@pytest.mark.parametrize(
    ("size", "read"), [("+4G", "+4G"), ("12", "12G"), ("+4", "+4G"), ("+512M", "+512M"), ("8gb", "8G")]
)
def test_a_disk_is_grown_in_gib_where_no_unit_is_given(size: str, read: str) -> None:
    assert _requested(f"disk={size}") == RequestedChange((), (DiskGrowth("rootfs", read),))


@pytest.mark.parametrize("size", ["abc", "12x5", "20B", "4 gb", "+"])
def test_what_is_no_size_stays_as_it_was_typed(size: str) -> None:
    assert _requested(f"disk={size}") == RequestedChange((), (DiskGrowth("rootfs", size),))


def test_a_disk_that_is_given_twice_is_refused() -> None:
    refused = _requested("disk=+4", "disk=+4")
    assert isinstance(refused, Refusal)
    assert "disk is given twice" in refused.reason


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("memory", "is not KEY=VALUE"),
        ("memory+=4", "+= is for tags"),
        ("memory.size=4", "has no properties"),
        ("=4", "is not KEY=VALUE"),
    ],
)
def test_what_is_no_request_is_refused(text: str, told: str) -> None:
    refused = read_request(text)
    assert isinstance(refused, Refusal)
    assert (refused.code, told in refused.reason) == ("invalid", True)


@pytest.mark.parametrize(
    ("text", "told"),
    [("onboot=maybe", "yes or no"), ("memory=much", "an amount such as"), ("net0.vlan=5", "it has name, bridge")],
)
def test_a_value_that_cannot_be_read_is_refused(text: str, told: str) -> None:
    refused = _requested(text)
    assert isinstance(refused, Refusal)
    assert told in refused.reason
