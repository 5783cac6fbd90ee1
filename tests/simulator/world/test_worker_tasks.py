"""Tasks: their names, lists and logs, whose they are, and how a test makes one fail."""

from __future__ import annotations

import re
from urllib.parse import quote

from tests.simulator.lab import Lab

CT = "/nodes/pve1/lxc/101"
UPID = re.compile(r"UPID:pve1:[0-9A-F]{8}:[0-9A-F]{8}:[0-9A-F]{8}:vzstop:101:proximity@pve!tui:\Z")


def test_a_upid_follows_the_grammar_and_works_escaped_and_plain(lab: Lab) -> None:
    lab.world.add_container(101)
    upid = lab.begin("POST", f"{CT}/status/stop")
    assert UPID.match(upid)
    assert lab.get(f"/nodes/pve1/tasks/{upid}/status") == lab.task(upid)
    assert int(upid.split(":")[4], 16) == int(lab.clock.now())


def test_running_tasks_are_only_listed_when_asked_for(lab: Lab) -> None:
    lab.world.add_container(101)
    upid = lab.begin("POST", f"{CT}/status/stop")
    assert lab.get("/nodes/pve1/tasks") == []
    active = lab.get("/nodes/pve1/tasks", source="active")[0]
    assert (active["status"], active["user"]) == ("RUNNING", "proximity@pve!tui")
    assert "endtime" not in active
    lab.clock.advance(1)
    finished = lab.get("/nodes/pve1/tasks", source="all")[0]
    assert (finished["upid"], finished["status"]) == (upid, "OK")
    assert (finished["user"], finished["tokenid"]) == ("proximity@pve", "tui")


def test_a_lost_upid_is_found_by_container_type_and_time(lab: Lab) -> None:
    lab.world.add_container(101)
    lab.world.add_container(102)
    lab.clock.advance(100)
    before = int(lab.clock.now())
    lab.run("POST", "/nodes/pve1/lxc/102/status/stop")
    upid = lab.begin("POST", f"{CT}/status/stop")
    found = lab.get("/nodes/pve1/tasks", source="all", vmid=101, typefilter="vzstop", since=before)
    assert [row["upid"] for row in found] == [upid]
    assert lab.get("/nodes/pve1/tasks", source="all", vmid=101, since=before + 1000) == []


def test_the_cluster_list_gives_running_tasks_neither_status_nor_end(lab: Lab) -> None:
    lab.world.add_container(101)
    lab.begin("POST", f"{CT}/status/stop")
    row = lab.get("/cluster/tasks")[0]
    assert "status" not in row
    assert "endtime" not in row
    lab.clock.advance(1)
    row = lab.get("/cluster/tasks")[0]
    assert (row["status"], row["saved"]) == ("OK", "1")


def test_a_token_sees_its_own_tasks_and_others_only_with_sys_audit(lab: Lab) -> None:
    lab.world.add_container(101)
    foreign = lab.begin("POST", f"{CT}/status/stop")
    lab.clock.advance(1)
    lab.act_as("other@pve!x", {"/vms": ["VM.PowerMgmt", "VM.Audit"]})
    own = lab.begin("POST", f"{CT}/status/start")
    lab.clock.advance(1)
    assert [row["upid"] for row in lab.get("/nodes/pve1/tasks")] == [own]
    assert lab.task(own)["exitstatus"] == "OK"
    assert lab.get("/cluster/tasks") == []
    reply = lab.ask("GET", f"/nodes/pve1/tasks/{quote(foreign, safe='')}/status")
    assert reply.failure == "403 Permission check failed (/nodes/pve1, Sys.Audit)"


def test_an_unknown_task_has_no_status_but_a_line_of_log(lab: Lab) -> None:
    upid = "UPID:pve1:00000001:00000001:6B03F100:vzstart:101:proximity@pve!tui:"
    assert lab.ask("GET", f"/nodes/pve1/tasks/{upid}/status").body["errors"] == {"upid": "no such task"}
    assert lab.log(upid) == ["unable to open file - No such file or directory"]
    reply = lab.ask("GET", "/nodes/pve1/tasks/rubbish/status")
    assert reply.body["errors"] == {"upid": "unable to parse worker upid"}


def test_rotation_forgets_what_is_over(lab: Lab) -> None:
    lab.world.add_container(101)
    upid = lab.begin("POST", f"{CT}/status/stop")
    lab.clock.advance(1)
    lab.world.rotate_tasks()
    reply = lab.ask("GET", f"/nodes/pve1/tasks/{upid}/status")
    assert reply.body["errors"] == {"upid": "no such task"}


def test_a_log_is_paged(lab: Lab) -> None:
    lab.world.add_container(101, status="stopped")
    upid = lab.begin("POST", "/nodes/pve1/vzdump", {"vmid": 101, "storage": "local"})
    lab.clock.advance(1)
    reply = lab.ask("GET", f"/nodes/pve1/tasks/{upid}/log", {"start": 1, "limit": 2})
    assert [line["n"] for line in reply.data] == [2, 3]
    assert reply.body["total"] == 15


def test_a_planned_failure_leaves_everything_as_it_was(lab: Lab) -> None:
    lab.world.add_container(101, status="stopped")
    lab.world.fail_next_task("vzdestroy", 101, "storage is busy")
    before = lab.get(f"{CT}/config")
    assert lab.run("DELETE", CT) == "storage is busy"
    assert lab.get(f"{CT}/config") == before
    assert lab.run("DELETE", CT) == "OK"


def test_a_planned_warning_is_a_success(lab: Lab) -> None:
    lab.world.add_container(101, status="stopped")
    lab.world.fail_next_task("vzstart", exitstatus="WARNINGS: 1")
    assert lab.run("POST", f"{CT}/status/start") == "WARNINGS: 1"
    assert lab.get(f"{CT}/status/current")["status"] == "running"


def test_a_killed_task_ends_without_a_last_word(lab: Lab) -> None:
    lab.world.add_container(101)
    lab.world.fail_next_task("vzstop", exitstatus="unexpected status")
    upid = lab.begin("POST", f"{CT}/status/stop")
    lab.clock.advance(1)
    assert lab.task(upid)["exitstatus"] == "unexpected status"
    assert lab.log(upid) == ["no content"]
