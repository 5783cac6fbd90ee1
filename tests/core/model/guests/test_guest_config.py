"""The one parser of what Proxmox writes into the config of a container."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import proximity_tui
from proximity_tui.core.model.guests import guest_config
from proximity_tui.core.model.guests.guest_config import Device, Properties, devices, disks, is_on, properties, tags


@pytest.mark.parametrize(
    ("text", "default", "named"),
    [
        ("local:vm-101-disk-0,size=4G", "local:vm-101-disk-0", {"size": "4G"}),
        ("local:101/vm-101.raw,mp=/data,backup=1", "local:101/vm-101.raw", {"mp": "/data", "backup": "1"}),
        ("name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01", None, {
            "name": "eth0", "bridge": "vmbr0", "hwaddr": "BC:24:11:00:00:01",
        }),
        ("/srv/a=b,mp=/srv", "/srv/a=b", {"mp": "/srv"}),
        ("volume=local:vm-1,size=1G", None, {"volume": "local:vm-1", "size": "1G"}),
        ("local:vm-1", "local:vm-1", {}),
        ("name=eth0,firewall", None, {"name": "eth0", "firewall": ""}),
        ("name=eth0,,name=eth1,", None, {"name": "eth0"}),
        ("mp=/a,comment=x=y", None, {"mp": "/a", "comment": "x=y"}),
        ("", None, {}),
    ],
)  # fmt: skip
def test_a_property_string_is_what_stands_first_and_what_is_named(
    text: str, default: str | None, named: dict[str, str]
) -> None:
    assert properties(text) == Properties(default, named)


def test_a_folder_of_the_node_is_told_from_a_volume() -> None:
    assert properties("/srv,mp=/srv").is_folder
    assert not properties("local:vm-1,mp=/srv").is_folder
    assert not properties("name=/srv").is_folder


def test_a_volume_is_the_same_with_its_name_in_front() -> None:
    assert properties("volume=local:vm-1,size=1G").volume == properties("local:vm-1").volume == "local:vm-1"
    assert properties("name=eth0").volume is None


def test_devices_come_by_kind_and_number_and_nothing_else_is_one() -> None:
    config = {
        "net10": "name=b",
        "net2": "name=a",
        "mp0": "x:1",
        "network0": "n",
        "netx": "n",
        "net": "n",
        "rootfs": "r",
    }
    assert [key for key, _ in devices(config, Device.NETWORK)] == ["net2", "net10"]
    assert [key for key, _ in devices(config, Device.MOUNT, Device.NETWORK)] == ["mp0", "net2", "net10"]


@pytest.mark.parametrize(
    ("written", "found"), [("a;b,c d", ("a", "b", "c", "d")), (";a;;", ("a",)), (None, ()), (7, ("7",))]
)
def test_tags_are_split_as_proxmox_splits_them(written: object, found: tuple[str, ...]) -> None:
    assert tags(written) == found


@pytest.mark.parametrize(
    ("written", "on"), [(1, True), ("1", True), (True, True), (0, False), ("0", False), ("", False)]
)
def test_a_switch_is_on_however_it_is_written_and_off_where_it_is_missing(written: object, on: bool) -> None:
    assert is_on({"protection": written}, "protection") is on
    assert not is_on({}, "protection")


def test_nobody_else_takes_a_config_apart() -> None:
    """What splits by hand reads a folder with a comma, or `volume=` in front, otherwise than the next one."""
    by_hand = re.compile(r'hwaddr=\(|"mp="|(net|mp|unused)(\\d|\[0-9)|startswith\("(net|mp|unused)"\)|\[;,\\s\]')
    package = Path(proximity_tui.__file__).parent
    own = Path(guest_config.__file__)
    theirs = [path for path in package.rglob("*.py") if path != own and "simulator" not in path.parts]
    assert [path.name for path in theirs if by_hand.search(path.read_text(encoding="utf-8"))] == []
    assert by_hand.search(own.read_text(encoding="utf-8"))


def test_the_disks_are_the_root_volume_then_the_mount_points_and_only_on_request_what_is_not_in_use() -> None:
    config = {
        "unused0": "local:old",
        "mp10": "local:c",
        "mp2": "/srv,mp=/srv",
        "rootfs": "local:a",
        "net0": "name=eth0",
    }
    assert [key for key, _ in disks(config)] == ["rootfs", "mp2", "mp10"]
    assert [key for key, _ in disks(config, unused=True)] == ["rootfs", "mp2", "mp10", "unused0"]
    assert disks({}) == ()
