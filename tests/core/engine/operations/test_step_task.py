"""When Proxmox does not say what came of a write: the task is looked up, and the write is never repeated by us."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.operations.outcome import Failed, Resumable
from proximity_tui.core.model import State
from proximity_tui.core.store.records import public_ports
from proximity_tui.screens.operation.progress_lines import step_lines
from proximity_tui.simulator import Simulator
from tests.support.actions.deleting import planned
from tests.support.house import House
from tests.support.records.every_action import BACKUP
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import (
    about_to_destroy,
    asked,
    when,
)


def test_n8_401_in_the_middle_of_an_operation(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    plan = planned(house, native)
    when(simulator, about_to_destroy(simulator, native.vmid or 0), lambda: simulator.faults.unauthorized())

    result = house.engine.delete(plan, native)

    assert isinstance(result, Resumable)
    assert house.destroys() == []
    record = house.again(native)
    assert (record.closed_at, record.state, record.ports) == (None, State.REMOVING, native.ports)
    assert simulator.token_secret not in str(result.error)
    simulator.faults.clear()
    (left,) = house.engine.mark_interrupted()
    assert house.engine.resume(left.id).success
    assert len(house.destroys()) == 1


def test_n9_the_answer_to_the_destroy_is_lost(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    simulator.faults.lose_answer(f"/lxc/{native.vmid}$", method="DELETE")
    plan = planned(house, native)

    result = house.engine.delete(plan, native)

    assert result.success, result
    assert len(house.destroys()) == 1, "the task is found by VMID, kind and time; the write is not repeated"
    assert result.operation is not None
    assert any(":vzdestroy:" in str(step.task) for step in result.operation.steps)
    assert house.again(native).closed_reason == "destroyed by us"


@pytest.mark.parametrize("end", ["unexpected status", "unable to read tail (got 0 bytes)"])
def test_n48_a_stop_whose_end_got_lost_is_looked_up_on_the_guest(house: House, simulator: Simulator, end: str) -> None:
    """Unknown is not failed: the guest did stop, and the delete goes on."""
    native = house.native("web1")
    plan = planned(house, native)
    simulator.world.fail_next_task("vzshutdown", native.vmid, "container did not stop")
    with simulator.world.entered() as cluster:
        finish = cluster.tasks._finish
        cluster.tasks._finish = lambda task, status: finish(task, end if task.type == "vzstop" else status)  # type: ignore[method-assign]
    result = house.engine.delete(plan, native)
    assert result.success, result
    assert house.again(native).closed_reason == "destroyed by us"


@both_databases
def test_n9_every_write_of_a_delete_loses_its_answer(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    simulator.faults.lose_answer("/status/shutdown", method="POST")
    simulator.faults.lose_answer(f"/lxc/{native.vmid}$", method="DELETE")
    assert house.engine.delete(plan, native).success
    assert len(house.wire()) == 2


def test_n9_the_tasks_cannot_be_read_after_the_answer_was_lost(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    impatient = house.hands(lost_answer=0.1)
    plan = planned(house, native)
    simulator.faults.lose_answer(f"/lxc/{native.vmid}$", method="DELETE")
    when(simulator, asked("DELETE", f"/{native.vmid}"), lambda: simulator.faults.answer(500, "no tasks now", "/tasks"))

    result = impatient.delete(plan, native)

    assert isinstance(result, Resumable)
    assert "not known whether it ran" in str(result.error)
    assert not house.again(native).is_tombstone, "that it is gone was not observed"
    assert isinstance(house.engine.resume(result.operation.id if result.operation else 0), Resumable), (
        "still nobody can say"
    )
    assert len(house.destroys()) == 1

    simulator.faults.clear()
    (left,) = house.engine.mark_interrupted()
    assert house.engine.resume(left.id).success
    assert len(house.destroys()) == 1
    assert public_ports.used() == frozenset()


def test_n9_a_lost_destroy_whose_guest_is_gone_meanwhile_ends_without_a_second_one(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    simulator.faults.drop(f"/lxc/{native.vmid}$", method="DELETE", times=1)
    assert isinstance(house.hands(lost_answer=0.1).delete(plan, native), Resumable)
    simulator.world.destroy_outside(native.vmid or 0)
    (left,) = house.engine.mark_interrupted()
    assert house.engine.resume(left.id).success
    assert len(house.destroys()) == 1
    assert house.again(native).is_tombstone


def test_n9_a_lost_destroy_that_is_not_sent_again_is_not_called_failed(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    simulator.faults.drop(f"/lxc/{native.vmid}$", method="DELETE", times=1)
    assert isinstance(house.hands(lost_answer=0.1).delete(plan, native), Resumable)
    simulator.world.recreate_outside(native.vmid or 0)
    (left,) = house.engine.mark_interrupted()

    result = house.engine.resume(left.id, destroy_again=True)

    assert isinstance(result, Failed)
    assert "destroy (no answer is known: it may have been carried out)" in str(result.error)
    assert "destroy (failed)" not in str(result.error)
    assert len(house.destroys()) == 1


def test_the_task_of_a_dead_node_is_waited_for_a_minute_and_resumed_when_it_is_back(
    house: House, simulator: Simulator
) -> None:
    ready = BACKUP.prepare(house)
    simulator.world.offline_delay = 0.0
    simulator.world.hang_next_task(BACKUP.task, ready.at)
    when(simulator, lambda entry: "/tasks/UPID" in entry.path, lambda: simulator.world.set_node_online("pve1", False))
    simulator.journal.clear()
    engine = house.impatient(backup_timeout=6 * 3600.0, hurry=2000)

    result = ready.execute(engine)

    assert isinstance(result, Resumable), result
    assert engine.clock.monotonic() < 70, "seconds of waiting, however long each answer takes"
    assert "cannot be followed, so it may have been carried out" in result.reason
    assert result.operation is not None
    told = ["".join(text for text, _ in line) for line in step_lines(ready.plan, result.operation)]
    (silence,) = [line for line in told if "nothing is heard of its task since" in line]
    assert "the node does not answer its peers" in silence

    simulator.world.set_node_online("pve1", True)
    simulator.world.let_hanging_task_go_on(BACKUP.task, ready.at)
    resumed = house.engine.resume(result.operation.id)

    assert resumed.success, resumed
    assert BACKUP.writes(house) == 1
    assert resumed.operation is not None
    assert all(step.silence is None for step in resumed.operation.steps)


@pytest.mark.parametrize("told", [True, False])
def test_of_the_task_of_a_node_that_left_it_is_said_that_only_abandoning_ends_it(
    house: House, simulator: Simulator, told: bool
) -> None:
    """At once, where a cluster with a quorum says that the node is none of its own; else after a minute."""
    ready = BACKUP.prepare(house)
    simulator.world.offline_delay = 0.0
    simulator.world.hang_next_task(BACKUP.task, ready.at)

    def leave() -> None:
        simulator.world.set_node_online("pve1", False)
        simulator.faults.rewrite(lambda rows: [row for row in rows if row.get("node") != "pve1"], "/cluster/resources")
        if told:
            simulator.faults.rewrite(lambda rows: [row for row in rows if row["name"] != "pve1"], "/cluster/status")

    when(simulator, lambda entry: "/tasks/UPID" in entry.path, leave)
    simulator.journal.clear()

    result = ready.execute(house.impatient(backup_timeout=6 * 3600.0, hurry=2000))

    assert isinstance(result, Resumable), result
    assert result.operation is not None
    assert "Node pve1 is not in the list of lab any more. If it is gone for good, so are its tasks" in result.reason
    assert f"`proximity-tui operations abandon {result.operation.id}`" in result.reason
    assert (simulator.journal.count(path_contains="/tasks/UPID") == 2) is told
    assert house.engine.abandon(result.operation.id).success
