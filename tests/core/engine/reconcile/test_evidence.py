"""Who did it: gathered while Proxmox still knows, and honest about what could not be read."""

from __future__ import annotations

import time
from datetime import timedelta

from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.engine.reconcile import evidence
from proximity_tui.core.model import Container, NodeStatus
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.proxmox import paths
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.house import House
from tests.support.records.alerted import the_alert
from tests.support.timing.waiting import until

NODES = dict.fromkeys(("pve1", "pve2", "pve3"), NodeStatus.ONLINE)


def gathered(house: House, container: Container, **nodes: NodeStatus) -> dict[str, object]:
    return evidence.gather(house.clients["lab"], container, {**NODES, **nodes}, house.clock).facts


def test_the_destroyer_is_named_with_time_task_and_the_backups_that_are_left(
    house: House, simulator: Simulator
) -> None:
    ours = house.adopted(101, port=80)
    simulator.world.destroy_outside(101, user="mallory@pve")
    found = gathered(house, ours)
    assert found["who"] == "mallory@pve"
    assert found["not_known"] == []
    assert len(found["backups"]) == 2  # type: ignore[arg-type]
    assert found["ports_freed"] == [ours.ports[0].public]


def test_who_destroyed_it_elsewhere_comes_before_who_moved_it(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    simulator.world.migrate(101, "pve3", user="bert@pam")
    simulator.world.destroy_outside(101, user="mallory@pve")
    assert gathered(house, ours)["who"] == "mallory@pve"


def test_a_forced_restore_that_failed_is_named_and_not_the_destroy_of_the_former_guest(
    house: House, simulator: Simulator
) -> None:
    """It removes the old container first: a failed task can be the one that did it."""
    simulator.world.destroy_outside(101, user="bert@pam")
    simulator.world.restore(101)
    born = time.time()
    until(lambda: int(time.time()) > int(born))
    house.adopted(101)
    house.reconcile()
    simulator.world.set_status(101, "stopped")
    simulator.world.fail_next_task("vzrestore", 101, "unable to restore CT 101 - unpacking failed")
    asked: dict[str, str | int] = {
        "vmid": 101,
        "ostemplate": _backup(simulator),
        "restore": 1,
        "force": 1,
        "storage": "local-lvm",
    }
    house.clients["lab"]._session.post(paths.node("pve1", "lxc"), asked)
    until(lambda: simulator.world.container(101) is None)
    house.reconcile_twice()
    alert = the_alert(AlertKind.ANOMALOUS_ORPHAN)
    assert [(one["type"], one["exitstatus"]) for one in alert.evidence["candidates"]] == [
        ("vzrestore", "unable to restore CT 101 - unpacking failed")
    ]
    assert "the restore of " in alert.message
    assert alert.message.endswith("(failed) may have done it"), "by our own token: nobody says that it was not us"


def _backup(simulator: Simulator) -> str:
    with simulator.world.entered() as cluster:
        return next(file.volid for file in cluster.storages["backups"].files_on("pve1") if file.vmid == 101)


def test_a_list_of_tasks_that_hides_those_of_others_is_said_to(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    house.reconcile()
    simulator.world.destroy_outside(101, user="mallory@pve")
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES, "/nodes": PRIVILEGES - {"Sys.Audit"}})
    found = evidence.gather(house.clients["lab"], ours, NODES, house.clock)
    assert found.facts["candidates"] == []
    assert "tasks of others on pve1 are not shown to our token (needs Sys.Audit on /nodes/pve1)" in str(
        found.facts["not_known"]
    )
    assert found.sentence.endswith(": tasks of others on pve1, pve2 and pve3 are not shown to our token")


def test_a_destroy_whose_end_got_lost_is_named_only_where_no_other_is_known(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    simulator.world.half_destroy(101)
    assert gathered(house, ours)["who"] == "root@pam"
    with simulator.world.entered() as cluster:
        cluster.tasks.note("pve1", "vzdestroy", "101", "mallory@pve", status="OK")
    assert gathered(house, ours)["who"] == "mallory@pve"


def test_of_a_long_log_the_last_lines_are_kept(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    simulator.world.destroy_outside(101, user="mallory@pve")
    with simulator.world.entered() as cluster:
        log = next(one for one in cluster.tasks.all if one.type == "vzdestroy").log
        log += [f"line {number}" for number in range(1700)]
        last = log[-evidence.LOG_TAIL :]
    assert gathered(house, ours)["task"]["log"] == last  # type: ignore[index]


def test_a_node_that_is_off_is_a_gap_and_is_not_asked(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    simulator.journal.clear()
    found = gathered(house, ours, pve2=NodeStatus.OFFLINE)
    assert "node pve2 is offline: its tasks cannot be read" in found["not_known"]  # type: ignore[operator]
    assert simulator.journal.count("GET", "/nodes/pve2") == 0


class RushingClock(SystemClock):
    """On which half an hour passes whenever it is read."""

    def __init__(self) -> None:
        self.read = 0

    def monotonic(self) -> float:
        self.read += 1
        return timedelta(minutes=30 * self.read).total_seconds()


def test_a_slow_proxmox_is_not_asked_for_longer_than_an_alert_may_wait(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    simulator.journal.clear()
    found = evidence.gather(house.clients["lab"], ours, NODES, RushingClock())
    assert simulator.journal.entries() == []
    assert "the alert does not wait" in str(found.facts["not_known"])
