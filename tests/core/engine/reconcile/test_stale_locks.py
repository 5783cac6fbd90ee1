"""A lock that outlived its task is told after a while, with what takes it away, and the alert ends with the lock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proximity_tui.core.doctrine.actions.backup.backup_rules import before_destroy
from proximity_tui.core.doctrine.guards.write_permit import WriteAction
from proximity_tui.core.doctrine.reconciliation import stale_lock
from proximity_tui.core.engine.reconcile import stale_locks
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.house import House
from tests.support.records.alerted import open_kinds, the_alert, the_open_alert
from tests.support.records.permits import permit_to


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock is stale as soon as it is seen."""
    monkeypatch.setattr(stale_lock, "LASTS", timedelta(0))


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("lock", ["backup", "create", "rollback", "snapshot-delete"])
def test_a_lock_without_a_task_is_an_amber_alert_with_the_command_and_its_warning(house: House, lock: str) -> None:
    ours = house.adopted(101)
    house.simulator.world.set_lock(101, lock)
    house.reconcile_twice()
    alert = the_open_alert(AlertKind.STALE_LOCK)
    assert (alert.severity, alert.container, alert.count) == (Severity.AMBER, ours.id, 2)
    assert f"has the lock {lock} for " in alert.message
    assert alert.message.endswith("To do on pve1 as root: pct unlock 101")
    assert alert.evidence["commands"] == ["pct unlock 101"]
    assert alert.evidence["warning"] in alert.message
    house.simulator.world.set_lock(101, None)
    house.reconcile()
    assert open_kinds() == []
    assert the_alert(AlertKind.STALE_LOCK).resolution == "the lock is gone"


@pytest.mark.usefixtures("at_once")
def test_of_more_locks_than_are_asked_about_in_a_run_each_has_its_turn(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stale_locks, "MOST_ASKED", 1)
    fleet = [house.adopted(vmid) for vmid in (101, 102, 103)]
    for one in fleet:
        house.simulator.world.set_lock(one.vmid or 0, "snapshot")
    runs = 0
    while len(open_kinds()) < len(fleet):
        house.reconcile()
        runs += 1
        assert runs < 100


def test_a_lock_that_was_just_seen_is_no_alert(house: House) -> None:
    house.adopted(101)
    house.simulator.world.set_lock(101, "backup")
    house.reconcile_twice()
    assert open_kinds() == []


@pytest.mark.usefixtures("at_once")
def test_a_lock_whose_task_runs_is_no_alert_and_tasks_that_are_hidden_are_said_to_be(house: House) -> None:
    simulator = house.simulator
    house.adopted(101)
    simulator.world.hang_next_task("vzdump", 101)
    upid = house.clients["lab"].back_up(
        permit_to(house.clients["lab"], WriteAction.BACK_UP, 101, "pve1"), before_destroy("backups")
    )
    house.reconcile()
    assert open_kinds() == []
    with simulator.world.entered() as cluster:
        task = cluster.tasks.find(upid)
        assert task is not None
        cluster.tasks.abort(task)
    simulator.world.set_lock(101, "backup")
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES, "/nodes": PRIVILEGES - {"Sys.Audit"}})
    house.reconcile()
    assert "no task of ours runs on it (those of others are not shown)" in the_open_alert(AlertKind.STALE_LOCK).message


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(("lock", "told"), [("migrate", "no task of ours runs on it"), ("disk", "no task runs on it")])
def test_the_tasks_of_a_move_may_be_hidden_on_any_node(house: House, lock: str, told: str) -> None:
    simulator = house.simulator
    house.adopted(101)
    simulator.world.set_lock(101, lock)
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES, "/nodes/pve2": PRIVILEGES - {"Sys.Audit"}})
    house.reconcile_twice()
    assert told in the_open_alert(AlertKind.STALE_LOCK).message


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("lock", "node", "task"),
    [
        pytest.param("backup", "pve1", ("vzdump", ""), id="a job over many guests, whose task names none of them"),
        pytest.param("migrate", "pve2", ("vzmigrate", "101"), id="a move, whose task is on the node that it leaves"),
        pytest.param("create", "pve2", ("vzclone", "102"), id="a copy, whose task names its source"),
        pytest.param("disk", "pve1", ("move_volume", "101-mp0>101-mp1"), id="a volume that is moved"),
    ],
)
def test_a_lock_whose_task_runs_elsewhere_or_for_many_is_no_alert(
    house: House, lock: str, node: str, task: tuple[str, str]
) -> None:
    """Whoever follows the advice to unlock it does so in the middle of that task."""
    house.adopted(101)
    house.simulator.world.set_lock(101, lock)
    with house.simulator.world.entered() as cluster:
        running = cluster.tasks.start(node, *task, "root@pam", lambda _: (wait for wait in (1e9,)))
    house.reconcile_twice()
    assert open_kinds() == []
    with house.simulator.world.entered() as cluster:
        cluster.tasks.abort(running)
    house.reconcile_twice()
    assert open_kinds() == [(AlertKind.STALE_LOCK, Severity.AMBER)]


@pytest.mark.usefixtures("at_once")
def test_a_backup_of_many_on_another_node_holds_no_lock_here(house: House) -> None:
    house.adopted(101)
    house.simulator.world.set_lock(101, "backup")
    with house.simulator.world.entered() as cluster:
        cluster.tasks.start("pve2", "vzdump", "", "root@pam", lambda _: (wait for wait in (1e9,)))
    house.reconcile_twice()
    assert open_kinds() == [(AlertKind.STALE_LOCK, Severity.AMBER)]


@pytest.mark.usefixtures("at_once")
def test_a_node_that_does_not_tell_its_tasks_leaves_it_open_whether_a_move_runs(house: House) -> None:
    house.adopted(101)
    house.simulator.world.set_lock(101, "migrate")
    house.simulator.faults.answer(595, "Connection refused", "/nodes/pve2/tasks")
    house.reconcile_twice()
    assert open_kinds() == []
