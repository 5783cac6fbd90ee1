"""The difference of two configs says each field by itself, for every key that Proxmox was recorded with."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.observation.config_fields import field_changes

NET = "name=eth0,bridge=vmbr0,firewall=1,hwaddr=BC:24:11:61:F8:84,ip=dhcp,ip6=auto,tag=5,type=veth"
MOUNT = "local:108/vm-108-disk-1.raw,mp=/data,backup=1,size=1G"
RECORDED: dict[str, Any] = {
    "arch": "amd64",
    "cores": 1,
    "cpulimit": "1.5",
    "cpuunits": 200,
    "description": "front end\nsecond line ü\n",
    "digest": "adec2ec0340e7c0afea22dd16b61b334131ca7f1",
    "features": "nesting=1",
    "hostname": "web1",
    "lxc": [["lxc.apparmor.profile", "generated"], ["lxc.cap.drop", ""], ["lxc.cap.drop", "sys_time"],
            ["lxc.cap.drop", "sys_module"], ["lxc.mount.auto", "cgroup:rw"]],
    "memory": 128,
    "mp0": MOUNT,
    "nameserver": "10.0.0.1",
    "net0": NET,
    "onboot": 1,
    "ostype": "debian",
    "protection": 1,
    "rootfs": "local:107/vm-107-disk-0.raw,size=1G",
    "searchdomain": "lab.example",
    "startup": "order=2,up=10",
    "swap": 128,
    "tags": "a;b",
    "timezone": "host",
    "unprivileged": 1,
    "unused0": "local:180/vm-180-disk-1.raw",
}  # fmt: skip
"""A config of recorded settings, one of each kind."""


def changed(**seen: Any) -> list[tuple[str, str | None, str | None]]:
    """The fields in which a config differs from the recorded one; a setting of None is not set."""
    after = {key: value for key, value in {**RECORDED, **seen}.items() if value is not None}
    return [(one.label, one.before, one.after) for one in field_changes(RECORDED, after)]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param({"net0": NET.replace("vmbr0", "vmbr1")}, [("net0.bridge", "vmbr0", "vmbr1")], id="bridge"),
        pytest.param({"net0": NET.replace(",tag=5", "")}, [("net0.tag", "5", None)], id="property gone"),
        pytest.param({"net0": None}, [("net0", NET, None)], id="network gone"),
        pytest.param({"net1": "name=eth1,bridge=vmbr0"}, [("net1", None, "name=eth1,bridge=vmbr0")], id="network new"),
        pytest.param({"mp0": MOUNT.replace("1G", "2G")}, [("mp0.size", "1G", "2G")], id="grown"),
        pytest.param(
            {"rootfs": "ceph:vm-107-disk-0,size=1G"},
            [("rootfs.volume", "local:107/vm-107-disk-0.raw", "ceph:vm-107-disk-0")],
            id="moved",
        ),
        pytest.param(
            {"features": "keyctl=1,nesting=1"}, [("features.keyctl", None, "1")], id="feature"
        ),
        pytest.param({"features": None}, [("features.nesting", "1", None)], id="features gone"),
        pytest.param({"startup": "order=3,up=10"}, [("startup.order", "2", "3")], id="startup"),
        pytest.param({"tags": "b;c"}, [("tags", "a", None), ("tags", None, "c")], id="tags"),
        pytest.param(
            {"description": "front end\nthird line\nmore\n"},
            [("description", "second line ü", "third line"), ("description", None, "more")],
            id="description",
        ),
        pytest.param({"protection": None}, [("protection", "1", None)], id="protection"),
        pytest.param({"memory": 256, "swap": 0}, [("memory", "128", "256"), ("swap", "128", "0")], id="figures"),
        pytest.param({"hostname": "web1-renamed"}, [("hostname", "web1", "web1-renamed")], id="name"),
        pytest.param({"unused0": None}, [("unused0", "local:180/vm-180-disk-1.raw", None)], id="unused"),
        pytest.param({"template": 1}, [("template", None, "1")], id="template"),
    ],
)  # fmt: skip
def test_each_field_is_told_by_itself(seen: dict[str, Any], expected: list[object]) -> None:
    assert changed(**seen) == expected


def test_of_several_raw_lines_only_the_one_that_changed_is_told() -> None:
    lines = [list(line) for line in RECORDED["lxc"]]
    lines[3][1] = "mac_admin"
    assert changed(lxc=lines) == [("lxc.cap.drop", "sys_module", "mac_admin")]
    assert changed(lxc=lines[:3] + lines[4:]) == [("lxc.cap.drop", "sys_module", None)]
    assert changed(lxc=[*RECORDED["lxc"], ["lxc.prlimit.nofile", "1024"]]) == [("lxc.prlimit.nofile", None, "1024")]


def test_raw_lines_in_another_order_are_a_change() -> None:
    (found,) = changed(lxc=RECORDED["lxc"][::-1])
    assert found[0] == "lxc.* order"


@pytest.mark.parametrize(
    "seen",
    [
        {"digest": "0" * 40, "lock": "backup", "parent": "snap2", "pending": {"memory": 1}, "snaptime": 1795420663},
        {"net0": "type=veth,tag=5,name=eth0,ip6=auto,ip=dhcp,hwaddr=bc:24:11:61:f8:84,firewall=1,bridge=vmbr0"},
        {"mp0": "volume=local:108/vm-108-disk-1.raw,backup=1,mp=/data,size=1G"},
        {"tags": "b,a"},
        {"cpulimit": 1.5, "memory": "128"},
    ],
)
def test_what_changes_by_itself_and_another_way_to_write_the_same_do_not_count(seen: dict[str, Any]) -> None:
    assert changed(**seen) == []


@pytest.mark.parametrize("key", sorted(RECORDED.keys() - {"digest"}))
def test_every_setting_is_told_when_it_goes_and_when_it_comes(key: str) -> None:
    without = {name: value for name, value in RECORDED.items() if name != key}
    gone, come = field_changes(RECORDED, without), field_changes(without, RECORDED)
    assert {one.key for one in (*gone, *come)} == {key}
    assert [(one.before, one.after) for one in gone] == [(one.after, one.before) for one in come]


def test_without_one_of_the_configs_nothing_is_told() -> None:
    assert field_changes(None, RECORDED) == field_changes(RECORDED, None) == ()


@pytest.mark.parametrize("absurd", ["", ",,,", "=", [[]], [1], {"a": 1}, 10**400, True])
def test_a_value_of_any_shape_is_told(absurd: object) -> None:
    for key in RECORDED.keys() - {"digest"}:
        assert {one.key for one in field_changes(RECORDED, {**RECORDED, key: absurd})} <= {key}
    assert {one.key for one in field_changes(RECORDED, {**RECORDED, "net0": absurd})} == {"net0"}
