"""Destroying: what refuses, in which phases it goes, and what it takes along."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.lab import DEBIAN, Lab

CT = "/nodes/pve1/lxc/101"


@pytest.mark.parametrize(
    ("made", "asked", "failure"),
    [
        ({}, {}, "unable to destroy CT 101 - container is running"),
        ({"protection": True}, {"force": 1}, "can't remove CT 101 - protection mode enabled"),
        ({"lock": "backup"}, {"force": 1}, "CT is locked (backup)"),
        ({"lock": "destroyed", "status": "stopped"}, {"force": 1, "purge": 1}, "CT is locked (destroyed)"),
    ],
)
def test_what_refuses_at_once(lab: Lab, made: dict[str, Any], asked: dict[str, int], failure: str) -> None:
    lab.world.add_container(101, **made)
    assert lab.ask("DELETE", CT, asked).failure == f"500 {failure}"
    assert lab.world.container(101)


def test_high_availability_and_replication_need_a_purge(lab: Lab) -> None:
    for vmid in (101, 102):
        lab.world.add_container(vmid, status="stopped")
    lab.world.set_ha(101, "stopped")
    lab.world.set_replication(102, True)
    managed = "500 unable to remove CT 101 - used in HA resources and purge parameter not set."
    assert lab.ask("DELETE", CT).failure == managed
    replicated = "500 There is a replication job '102-0' for guest '102' - Please remove that first."
    assert lab.ask("DELETE", "/nodes/pve1/lxc/102").failure == replicated
    assert lab.run("DELETE", CT, {"purge": 1}) == "OK"
    assert lab.run("DELETE", "/nodes/pve1/lxc/102", {"purge": 1}) == "OK"
    assert lab.get("/cluster/ha/resources") == []
    assert lab.get("/cluster/replication") == []


def test_the_list_shows_no_lock_while_disks_are_freed_and_then_a_stub(lab: Lab) -> None:
    lab.world.add_container(101, status="stopped", hostname="doomed")
    upid = lab.begin("DELETE", CT)
    lab.clock.advance(0.5)
    assert "lock" not in lab.rows()[101]
    assert lab.get(f"{CT}/config")["hostname"] == "doomed"
    lab.clock.advance(0.2)
    assert lab.rows()[101]["lock"] == "destroyed"
    assert set(lab.get(f"{CT}/config")) == {"lock", "digest"}
    lab.clock.advance(0.5)
    assert lab.task(upid)["exitstatus"] == "OK"
    assert 101 not in lab.rows()
    assert lab.ask("GET", f"{CT}/config").failure == "500 Configuration file 'nodes/pve1/lxc/101.conf' does not exist"


def test_a_destroyed_container_takes_its_rights_along(lab: Lab) -> None:
    lab.world.add_pool("prod")
    lab.world.add_container(101, status="stopped", pool="prod")
    lab.act_as("other@pve!x", {"/pool/prod": ["VM.Allocate", "VM.Audit"]})
    assert lab.run("DELETE", CT) == "OK"
    assert lab.ask("GET", f"{CT}/config").failure == "403 Permission check failed (/vms/101, VM.Audit)"


def test_a_forced_destroy_stops_the_container_first(lab: Lab) -> None:
    lab.world.add_container(101)
    upid = lab.begin("DELETE", CT, {"force": 1, "purge": 1})
    lab.clock.advance(1)
    assert lab.log(upid) == [
        "forced to stop CT 101 before destroying!",
        "purging CT 101 from related configurations..",
        "TASK OK",
    ]


def test_a_destroy_during_the_end_of_a_creation_waits_and_then_destroys(lab: Lab) -> None:
    lab.begin("POST", "/nodes/pve1/lxc", {"vmid": 101, "ostemplate": DEBIAN})
    lab.clock.advance(0.8)
    assert lab.run("DELETE", CT) == "OK"
    assert lab.world.container(101) is None


def test_orphaned_disks_stay_unless_asked_for(lab: Lab) -> None:
    for flag in (0, 1):
        lab.world.add_container(101, status="stopped")
        if not flag:
            volid = lab.world.add_orphan_volume(101)
        assert lab.run("DELETE", CT, {"destroy-unreferenced-disks": flag}) == "OK"
        left = [row["volid"] for row in lab.get("/nodes/pve1/storage/local-lvm/content", vmid=101)]
        assert left == ([] if flag else [volid])


def test_destroying_from_outside_leaves_a_trace_in_the_task_log(lab: Lab) -> None:
    lab.world.add_container(101)
    lab.world.destroy_outside(101, user="alice@pam")
    row = lab.get("/nodes/pve1/tasks", source="all", vmid=101, typefilter="vzdestroy")[0]
    assert (row["user"], row["status"]) == ("alice@pam", "OK")
    assert lab.get("/cluster/nextid", vmid=101) == "101"


def test_what_was_destroyed_can_come_back_the_same(lab: Lab) -> None:
    lab.world.add_container(101, hostname="phoenix")
    before = lab.get(f"{CT}/config")
    lab.world.destroy_outside(101)
    lab.world.restore(101)
    assert lab.get(f"{CT}/config") == before


def test_a_container_on_another_node_is_not_there(lab: Lab) -> None:
    lab.world.add_node("pve2")
    lab.world.add_container(101, node="pve2", status="stopped")
    assert lab.ask("DELETE", CT).failure == "500 Configuration file 'nodes/pve1/lxc/101.conf' does not exist"
    assert lab.ask("GET", "/nodes/pve2/lxc/101").status == 200
