"""Starting and stopping: what fails at once, what fails in the task, and who waits for whom."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.simulator.lab import Lab

CT = "/nodes/pve1/lxc/101"


def test_a_start_is_a_task_that_runs_and_then_ends(lab: Lab) -> None:
    lab.world.add_container(101, status="stopped")
    upid = lab.begin("POST", f"{CT}/status/start")
    running = lab.task(upid)
    assert running["status"] == "running"
    assert "exitstatus" not in running
    assert lab.log(upid) == ["no content"]
    lab.clock.advance(1)
    ended = lab.task(upid)
    assert (ended["status"], ended["exitstatus"]) == ("stopped", "OK")
    assert lab.log(upid) == ["TASK OK"]
    assert lab.get(f"{CT}/status/current")["status"] == "running"


@pytest.mark.parametrize("verb", ["start", "stop", "shutdown", "reboot"])
def test_what_makes_no_sense_fails_at_once(lab: Lab, verb: str) -> None:
    lab.world.add_container(101, status="running" if verb == "start" else "stopped")
    expected = {"start": "CT 101 already running", "reboot": "VM 101 not running"}.get(verb, "CT 101 not running")
    reply = lab.ask("POST", f"{CT}/status/{verb}")
    assert reply.failure == f"500 {expected}"
    assert reply.body == {"data": None, "message": f"{expected}\n"}


def test_starting_what_does_not_exist_fails_in_the_task(lab: Lab) -> None:
    assert lab.run("POST", f"{CT}/status/start") == "Configuration file 'nodes/pve1/lxc/101.conf' does not exist"


def test_stopping_what_does_not_exist_says_that_it_does_not_run(lab: Lab) -> None:
    assert lab.ask("POST", f"{CT}/status/stop").failure == "500 CT 101 not running"


def test_a_template_does_not_start(lab: Lab) -> None:
    lab.world.add_container(101, template=True)
    assert lab.run("POST", f"{CT}/status/start") == "you can't start a CT if it's a template"


@pytest.mark.parametrize("lock", ["backup", "snapshot", "rollback", "disk", "create", "migrate", "destroyed"])
def test_a_lock_stops_start_stop_and_shutdown_in_the_task(lab: Lab, lock: str) -> None:
    lab.world.add_container(101, status="stopped", lock=lock)
    lab.world.add_container(102, lock=lock)
    assert lab.run("POST", f"{CT}/status/start") == f"CT is locked ({lock})"
    assert lab.run("POST", "/nodes/pve1/lxc/102/status/stop") == f"CT is locked ({lock})"
    assert lab.run("POST", "/nodes/pve1/lxc/102/status/shutdown") == f"CT is locked ({lock})"


def test_mounted_locks_out_a_shutdown_but_neither_start_nor_stop(lab: Lab) -> None:
    lab.world.add_container(101, lock="mounted")
    assert lab.run("POST", f"{CT}/status/shutdown") == "CT is locked (mounted)"
    assert lab.run("POST", f"{CT}/status/stop") == "OK"
    assert lab.run("POST", f"{CT}/status/start") == "OK"


def test_a_reboot_of_a_locked_container_leaves_it_down(lab: Lab) -> None:
    lab.world.add_container(101, lock="backup")
    assert lab.run("POST", f"{CT}/status/reboot") == "startup for container '101' failed"
    assert lab.get(f"{CT}/status/current")["status"] == "stopped"


def test_a_stubborn_container_outlives_its_shutdown_and_not_a_forced_one(lab: Lab) -> None:
    lab.world.add_container(101)
    lab.world.set_ignores_shutdown(101)
    assert lab.run("POST", f"{CT}/status/shutdown", {"timeout": 3}) == "container did not stop"
    assert lab.run("POST", f"{CT}/status/shutdown", {"timeout": 3, "forceStop": 1}) == "OK"


def test_a_change_of_settings_waits_for_a_shutdown_in_vain(lab: Lab) -> None:
    lab.world.add_container(101)
    lab.world.set_ignores_shutdown(101)
    lab.begin("POST", f"{CT}/status/shutdown")
    expected = "500 can't lock file '/run/lock/lxc/pve-config-101.lock' - got timeout"
    assert lab.ask("PUT", f"{CT}/config", {"cores": 1}).failure == expected


def test_a_second_task_waits_ten_seconds_for_the_lock_of_the_first(lab: Lab) -> None:
    lab.world.add_container(101)
    lab.world.set_ignores_shutdown(101)
    lab.begin("POST", f"{CT}/status/shutdown", {"timeout": 30})
    second = lab.begin("POST", f"{CT}/status/shutdown", {"timeout": 3})
    lab.clock.advance(9)
    assert lab.log(second) == ["trying to acquire lock..."]
    lab.clock.advance(1)
    assert lab.task(second)["exitstatus"] == "can't lock file '/run/lock/lxc/pve-config-101.lock' - got timeout"


def test_a_waiting_task_goes_on_when_the_first_one_ends(lab: Lab) -> None:
    lab.world.add_container(101, status="stopped")
    upids = [lab.begin("POST", f"{CT}/status/start") for _ in range(2)]
    lab.clock.advance(3)
    assert [lab.task(upid)["exitstatus"] for upid in upids] == ["OK", "CT 101 already running"]


def test_a_stop_may_overrule_a_shutdown(lab: Lab) -> None:
    lab.world.add_container(101)
    lab.world.set_ignores_shutdown(101)
    shutdown = lab.begin("POST", f"{CT}/status/shutdown")
    assert lab.run("POST", f"{CT}/status/stop", {"overrule-shutdown": 1}) == "OK"
    assert lab.task(shutdown)["exitstatus"] == "received interrupt"


def test_a_task_can_be_aborted_and_aborting_twice_is_no_error(lab: Lab) -> None:
    lab.world.add_container(101)
    lab.world.hang_next_task("vzstop", 101)
    upid = lab.begin("POST", f"{CT}/status/stop")
    lab.clock.advance(3600)
    assert lab.task(upid)["status"] == "running"
    for _ in range(2):
        assert lab.ask("DELETE", f"/nodes/pve1/tasks/{quote(upid, safe='')}").data is None
    assert lab.task(upid)["exitstatus"] == "received interrupt"
    assert lab.get(f"{CT}/status/current")["status"] == "running"
    assert lab.run("POST", f"{CT}/status/stop") == "OK"


def test_high_availability_ends_its_task_before_anything_happens(lab: Lab) -> None:
    lab.world.add_container(101)
    lab.world.set_ha(101, "started")
    upid = lab.begin("POST", f"{CT}/status/stop")
    assert upid.split(":")[5] == "hastop"
    assert lab.task(upid)["exitstatus"] == "OK"
    assert lab.get(f"{CT}/status/current")["status"] == "running"
    assert lab.rows()[101]["hastate"] == "stopped"
    lab.clock.advance(4)
    assert lab.get(f"{CT}/status/current")["status"] == "stopped"


def test_high_availability_leaves_alone_what_it_was_told_to_ignore(lab: Lab) -> None:
    """From the source of Proxmox: no recording has it. Its destroy is refused all the same."""
    lab.world.add_container(101)
    lab.world.set_ha(101, "ignored")
    assert lab.get(f"{CT}/status/current")["ha"] == {"managed": 0}
    assert lab.rows()[101]["hastate"] == "ignored"
    upid = lab.begin("POST", f"{CT}/status/stop")
    assert upid.split(":")[5] == "vzstop"
    lab.clock.advance(4)
    assert lab.get(f"{CT}/status/current")["status"] == "stopped"
    assert "used in HA resources" in lab.ask("DELETE", CT).failure


def test_skiplock_is_not_for_tokens(lab: Lab) -> None:
    lab.world.add_container(101, status="stopped")
    reply = lab.ask("POST", f"{CT}/status/start", {"skiplock": 1})
    assert reply.body["errors"] == {"skiplock": "Only root may use this option."}
