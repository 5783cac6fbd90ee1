"""The values that a setting may have: the first and the last good one of each kind, and what lies just beyond."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.actions.changing.setting_values import (
    PROPERTY_SWITCHES,
    SETTINGS,
    wrong_line,
    wrong_mount,
    wrong_network,
)
from proximity_tui.core.model.guests.guest_config import Device

GOOD = {
    "cmode": ("shell", "console", "tty"),
    "console": ("0", "1"),
    "cores": ("1", "8192"),
    "cpulimit": ("0", "0.5", "1.125", "8192"),
    "cpuunits": ("0", "500000"),
    "description": ("two\nlines", "x" * 8192),
    "env": ("A=1", "A=1\0B=two words", "A="),
    "features": ("nesting=1", "nesting=0,keyctl=1"),
    "memory": ("16", "134217728"),
    "nameserver": ("10.0.0.1", "10.0.0.1 fe80::1", "10.0.0.1,10.0.0.2", "host"),
    "searchdomain": ("lab.example", "lab.example, other.example"),
    "startup": ("order=1", "order=1,up=30,down=60", "5"),
    "swap": ("0", "134217728"),
    "tags": ("prod", "prod;web"),
    "timezone": ("host", "Europe/Berlin", "Etc/GMT+1"),
    "tty": ("0", "6"),
}
BAD = {
    "cmode": ("login", ""),
    "console": ("2", "yes", ""),
    "cores": ("0", "8193", "two", "", "1.5", "\N{SUPERSCRIPT TWO}", "000000000001"),
    "cpulimit": ("8193", "8192.001", "1.2345", "-1", ".5", ""),
    "cpuunits": ("500001", "-1"),
    "description": ("x" * 8193, "bell\a"),
    "env": ("A", "A=1\0B", "=1", "A=1\0B=\a"),
    "features": ("nesting=2", "nesting=1\n"),
    "memory": ("15", "134217729"),
    "nameserver": ("", " ", "ns1", "10.0.0.256"),
    "searchdomain": ("lab_example!", "lab.example,-x"),
    "startup": ("order", "order=1;up=30", "later=5", "order=1234567890"),
    "swap": ("-1", "134217729"),
    "tags": ("-", "\N{GREEK SMALL LETTER ALPHA}!"),
    "timezone": ("Europe/", "/Berlin", "Europe Berlin", ""),
    "tty": ("7", "-1"),
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in GOOD.items() for value in values])
def test_it_may_have_this_value(key: str, value: str) -> None:
    assert SETTINGS[key](value) is None


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in BAD.items() for value in values])
def test_it_may_not_have_this_one_and_why_is_told(key: str, value: str) -> None:
    assert SETTINGS[key](value)


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("name=eth0,bridge=vmbr0,ip=dhcp,ip6=auto", None),
        ("name=eth0,bridge=vmbr0,ip=10.0.0.5/24,gw=10.0.0.1,ip6=2001:db8::5/64,gw6=fe80::1", None),
        ("name=eth0,bridge=vmbr0,ip=manual,mtu=64,tag=1,rate=1.5,trunks=2;4094,firewall=0,type=veth", None),
        ("name=eth0,bridge=vmbr0,mtu=65535,tag=4094,hwaddr=BC:24:11:AA:BB:CC,link_down=1,host-managed=1", None),
        ("bridge=vmbr0", "the name of the card in the container is missing (name=eth0)"),
        ("eth0,bridge=vmbr0", "the name of the card in the container is missing (name=eth0)"),
        ("eth0,name=eth0", "the name of the card in the container is missing (name=eth0)"),
        ("name=much-too-long-x16", "the name of the card in the container is missing (name=eth0)"),
        ("name=eth0,mtu=63", "mtu: a number from 64 to 65535, not '63'"),
        ("name=eth0,mtu=65536", "mtu: a number from 64 to 65535, not '65536'"),
        ("name=eth0,tag=0", "tag: a VLAN is a number from 1 to 4094, not '0'"),
        ("name=eth0,tag=4095", "tag: a VLAN is a number from 1 to 4094, not '4095'"),
        ("name=eth0,trunks=5;0", "trunks: a VLAN is a number from 1 to 4094, not '0'"),
        ("name=eth0,rate=fast", "rate: a number of MB/s, not 'fast'"),
        ("name=eth0,hwaddr=BC:24:11:AA:BB", "hwaddr: 'BC:24:11:AA:BB' is not a hardware address"),
        ("name=eth0,ip=10.0.0.5", "ip: '10.0.0.5' has no prefix, such as /24"),
        (
            "name=eth0,ip=here",
            "ip: 'here' is no IPv4 address with its prefix, such as 10.0.0.5/24, nor dhcp or manual",
        ),
        (
            "name=eth0,ip6=10.0.0.5/24",
            "ip6: '10.0.0.5/24' is no IPv6 address with its prefix, such as 2001:db8::5/64, nor auto or dhcp or manual",
        ),
        ("name=eth0,ip6=fe80::1", "ip6: 'fe80::1' has no prefix, such as /64"),
        ("name=eth0,gw=fe80::1", "gw: 'fe80::1' is not the IPv4 address of a gateway"),
        ("name=eth0,gw6=10.0.0.1", "gw6: '10.0.0.1' is not the IPv6 address of a gateway"),
        ("name=eth0,firewall=2", "firewall: 0 or 1, not '2'"),
        ("name=eth0,type=tap", "type: veth, not 'tap'"),
    ],
)
def test_a_network_card_is_checked_property_by_property(value: str, wrong: str | None) -> None:
    assert wrong_network(value) == wrong


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("local:vm-101-disk-1,mp=/srv,size=8G", None),
        ("local:vm-101-disk-1,mp=srv/data,backup=1,ro=0,mountoptions=noatime;nodev", None),
        ("local:1,mp=/", "mp: the path of a folder in the container, without . and .., not '/'"),
        ("local:1,mp=/srv/../etc", "mp: the path of a folder in the container, without . and .., not '/srv/../etc'"),
        ("local:1,mp=/srv/.", "mp: the path of a folder in the container, without . and .., not '/srv/.'"),
        ("local:1,mp=/srv,quota=2", "quota: 0 or 1, not '2'"),
        ("local:1,mp=/srv,acl=on", "acl: 0 or 1, not 'on'"),
    ],
)
def test_a_mount_point_is_checked_property_by_property(value: str, wrong: str | None) -> None:
    assert wrong_mount(value) == wrong


def test_an_option_of_a_mount_is_one_of_those_that_proxmox_has() -> None:
    told = wrong_mount("local:1,mp=/srv,mountoptions=noatime;exec")
    assert told == "mountoptions: discard or lazytime or noatime or nodev or noexec or nosuid, not 'exec'"


def test_a_line_has_no_line_break_and_no_control_character() -> None:
    assert wrong_line("a line") is None
    assert wrong_line("two\nlines")
    assert wrong_network("name=eth0,bridge=vmbr0\n")
    assert wrong_mount("local:1,mp=/srv\a")


def test_what_is_on_or_off_is_known_by_kind() -> None:
    assert PROPERTY_SWITCHES[Device.NETWORK] == {"firewall", "host-managed", "link_down"}
    assert PROPERTY_SWITCHES[Device.MOUNT] == {"acl", "backup", "keepattrs", "quota", "replicate", "ro", "shared"}
    assert PROPERTY_SWITCHES["features"] == {"nesting"}
