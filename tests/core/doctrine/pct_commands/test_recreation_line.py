"""The line by which root makes an empty container as a clinical record says: every setting, no secret, no marker."""

from __future__ import annotations

import shlex
from typing import Any

from proximity_tui.core.doctrine.actions.restore.recreating import RecreateRequest, request_for
from proximity_tui.core.doctrine.pct_commands.recreation_line import recreation_line
from tests.support.records.make import container

DEBIAN = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
CONFIG: dict[str, Any] = {
    "arch": "amd64",
    "hostname": "web1",
    "ostype": "debian",
    "memory": 2048,
    "unprivileged": 1,
    "tags": "prod;web",
    "nameserver": "10.0.0.1 10.0.0.2",
    "rootfs": "local-lvm:vm-101-disk-0,size=8704M",
    "mp0": "local-lvm:vm-101-disk-1,mp=/srv,size=250G",
    "net0": "name=eth0,bridge=vmbr1,hwaddr=BC:24:11:00:00:01,ip=dhcp,type=veth",
    "startup": "order=2",
    "digest": "d1",
}


def line(**settings: Any) -> str:
    config = {**CONFIG, **settings}
    return recreation_line(request_for(container(), config, DEBIAN, RecreateRequest(), 101), config, 101, "local-lvm")


def test_it_has_every_setting_and_the_volumes_are_new() -> None:
    assert line() == (
        f"pct create 101 {DEBIAN} --arch amd64 --hostname web1 --memory 2048"
        " --mp0 local-lvm:250,mp=/srv --nameserver '10.0.0.1 10.0.0.2'"
        f" --net0 {CONFIG['net0']} --rootfs local-lvm:9 --startup order=2 --tags 'prod;web' --unprivileged 1"
    )


def test_a_description_of_several_lines_stays_one_word_of_one_line() -> None:
    told = line(description="first\nsecond's")
    assert "--description $'first\\nsecond\\'s'" in told
    assert "\n" not in told


def test_what_is_made_by_hand_has_not_our_marker() -> None:
    marker = "proximity-tui:" + "0" * 32
    assert marker not in line(description=f"mail server\n{marker}\n")
    assert "--description" not in line(description=f"{marker}\n")


def test_a_secret_is_masked_and_named() -> None:
    told = line(env="DB_PASSWORD=hunter2")
    assert "hunter2" not in told
    assert told.endswith("  # secrets in env are masked: write them in first")
    assert shlex.split(told, comments=True)[:3] == ["pct", "create", "101"]
