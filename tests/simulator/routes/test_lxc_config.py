"""Changing a configuration."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.lab import Lab

CONFIG = "/nodes/pve1/lxc/101/config"


@pytest.fixture
def ct(lab: Lab) -> Lab:
    lab.world.add_container(101, hostname="web", status="stopped")
    return lab


def test_a_change_is_there_when_the_call_returns(ct: Lab) -> None:
    assert ct.ask("PUT", CONFIG, {"cores": 3, "description": "x", "tags": "B;a", "onboot": 1}).data is None
    config = ct.get(CONFIG)
    assert [config[key] for key in ("cores", "description", "tags", "onboot")] == [3, "x\n", "a;b", 1]


def test_a_digest_guards_against_other_hands(ct: Lab) -> None:
    digest = ct.get(CONFIG)["digest"]
    ct.world.set_config(101, memory=2048)
    refused = ct.ask("PUT", CONFIG, {"cores": 1, "digest": digest})
    assert refused.failure == "500 detected modified configuration - file changed by other user? Try again."
    assert ct.ask("PUT", CONFIG, {"cores": 1, "digest": ct.get(CONFIG)["digest"]}).status == 200


def test_every_lock_refuses_even_its_own_removal(ct: Lab) -> None:
    ct.world.set_lock(101, "backup")
    for change in ({"cores": 1}, {"delete": "lock"}, {"lock": "backup"}):
        assert ct.ask("PUT", CONFIG, change).failure == "500 CT is locked (backup)"


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({}, "500 no options specified"),
        ({"delete": "rootfs"}, "500 unable to delete required option 'rootfs'"),
        (
            {"features": "nesting=1,keyctl=1"},
            "403 Permission check failed (changing feature flags (except nesting) is only allowed for root@pam)",
        ),
        (
            {"hookscript": "local:snippets/x.pl"},
            "403 Permission check failed (changing the hookscript is only allowed for root@pam)",
        ),
    ],
)
def test_a_change_is_refused_in_proxmoxs_words(ct: Lab, change: dict[str, Any], failure: str) -> None:
    assert ct.ask("PUT", CONFIG, change).failure == failure


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            {"net0": "bridge=vmbr0"},
            "invalid format - format error\nnet0.name: property is missing and it is not optional\n",
        ),
        ({"tags": "no! ok?"}, "invalid format - invalid characters in tag\n"),
        ({"hostname": "bad_name!"}, "invalid format - value does not look like a valid DNS name\n"),
        ({"delete": "nosuchopt"}, "unknown option 'nosuchopt'"),
        ({"onboot": "yes"}, "type check ('boolean') failed - got 'yes'"),
    ],
)
def test_what_does_not_fit(ct: Lab, change: dict[str, Any], complaint: str) -> None:
    (name,) = change
    assert ct.ask("PUT", CONFIG, change).body["errors"] == {name: complaint}


def test_an_unknown_bridge_fails_the_call_and_every_later_one_but_is_stored(ct: Lab) -> None:
    for change in ({"net0": "name=eth0,bridge=nosuch0"}, {"tags": "late"}):
        assert ct.ask("PUT", CONFIG, change).failure == "500 bridge 'nosuch0' does not exist"
    config = ct.get(CONFIG)
    assert "nosuch0" in config["net0"]
    assert config["tags"] == "late"
    assert ct.ask("PUT", CONFIG, {"delete": "net0"}).status == 200


def test_a_network_keeps_its_address_when_it_is_set_without_one(ct: Lab) -> None:
    before = ct.get(CONFIG)["net0"]
    ct.ask("PUT", CONFIG, {"net0": "name=eth0,bridge=vmbr1"})
    assert ct.get(CONFIG)["net0"].split("hwaddr=")[1][:17] == before.split("hwaddr=")[1][:17]


def test_what_a_running_container_cannot_take_up_is_pending(ct: Lab) -> None:
    ct.world.set_status(101, "running")
    ct.ask("PUT", CONFIG, {"features": "nesting=1", "memory": 2048})
    assert ct.get(CONFIG)["features"] == "nesting=1"
    active = ct.get(CONFIG, current=1)
    assert "features" not in active
    assert active["memory"] == 2048
    assert {"key": "features", "pending": "nesting=1"} in ct.get("/nodes/pve1/lxc/101/pending")
    assert ct.run("POST", "/nodes/pve1/lxc/101/status/reboot") == "OK"
    assert ct.get(CONFIG, current=1)["features"] == "nesting=1"


def test_a_detached_disk_is_kept_as_unused(ct: Lab) -> None:
    ct.ask("PUT", CONFIG, {"mp0": "local-lvm:2,mp=/data"})
    assert ct.get(CONFIG)["mp0"] == "local-lvm:vm-101-disk-1,mp=/data,size=2G"
    ct.ask("PUT", CONFIG, {"delete": "mp0"})
    assert ct.get(CONFIG)["unused0"] == "local-lvm:vm-101-disk-1"


def test_a_disk_grows_in_a_task_and_never_shrinks(ct: Lab) -> None:
    resize = "/nodes/pve1/lxc/101/resize"
    assert ct.ask("PUT", resize, {"disk": "rootfs", "size": "4G"}).failure == "500 unable to shrink disk size"
    assert ct.run("PUT", resize, {"disk": "rootfs", "size": "+512M"}) == "OK"
    assert ct.get(CONFIG)["rootfs"].endswith("size=8704M")


def test_a_rollback_restores_tags_and_name_and_keeps_the_description(ct: Lab) -> None:
    ct.ask("PUT", CONFIG, {"tags": "old", "description": "old"})
    assert ct.run("POST", "/nodes/pve1/lxc/101/snapshot", {"snapname": "s1"}) == "OK"
    ct.ask("PUT", CONFIG, {"tags": "new", "description": "new", "hostname": "renamed"})
    assert ct.run("POST", "/nodes/pve1/lxc/101/snapshot/s1/rollback") == "OK"
    config = ct.get(CONFIG)
    assert (config["tags"], config["hostname"], config["description"]) == ("old", "web", "new\n")


def test_snapshot_errors_are_in_the_task(ct: Lab) -> None:
    path = "/nodes/pve1/lxc/101/snapshot"
    ct.run("POST", path, {"snapname": "s1"})
    assert ct.run("POST", path, {"snapname": "s1"}) == "snapshot name 's1' already used"
    assert ct.run("DELETE", f"{path}/nosuch") == "snapshot 'nosuch' does not exist"
    assert ct.ask("POST", path, {"snapname": "current"}).status == 500
    assert ct.run("DELETE", f"{path}/s1") == "OK"
    assert [row["name"] for row in ct.get(path)] == ["current"]
