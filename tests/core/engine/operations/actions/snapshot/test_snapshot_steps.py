"""Snapshots through the real parts: taken and deleted once, and proved by the list."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.operations.outcome import Done, Failed
from proximity_tui.core.model import State
from proximity_tui.simulator import Simulator
from tests.support.actions.snapshotting import BASE, rolling_back, sent, take, taking
from tests.support.house import House
from tests.support.records.every_action import EVERY_ACTION
from tests.support.timing.meddling import Killed, doomed


@pytest.mark.parametrize("path", ["/snapshot$", "/rollback$"])
def test_a_lost_answer_is_found_by_its_task_and_nothing_is_sent_twice(
    house: House, simulator: Simulator, path: str
) -> None:
    adopted = house.adopted(101)
    simulator.journal.clear()
    simulator.faults.lose_answer(path, method="POST")
    assert take(house, adopted).success
    adopted = house.again(adopted)
    assert house.engine.carry_out(rolling_back(house, adopted), adopted).success
    assert sent(simulator) == ["POST 101/snapshot", "POST 101/snapshot/base/rollback"]


def test_a_task_that_ended_well_is_believed_only_when_the_snapshot_is_listed(
    house: House, simulator: Simulator
) -> None:
    adopted = house.adopted(101)
    plan = taking(house, adopted)
    simulator.faults.rewrite(lambda rows: [row for row in rows if row["name"] != "base"], "/snapshot$")
    result = house.impatient(settle_timeout=0.0).carry_out(plan, adopted)
    assert isinstance(result, Failed)
    assert "is not listed" in result.reason
    assert house.again(adopted).state is State.RUNNING


@pytest.mark.parametrize(("note", "ours"), [("theirs", False), (BASE.note, True)])
def test_a_snapshot_that_somebody_else_took_after_our_process_died_is_not_told_as_ours(
    house: House, simulator: Simulator, note: str, ours: bool
) -> None:
    """With the note of ours nothing tells the two apart, and the container has what was asked for."""
    adopted = house.adopted(101)
    plan = taking(house, adopted)
    simulator.journal.clear()
    with pytest.raises(Killed):
        doomed(house, "take_snapshot", after=False).carry_out(plan, adopted)
    simulator.world.add_snapshot(101, "base", note)
    (left,) = house.engine.mark_interrupted()
    resumed = house.engine.resume(left.id)
    assert resumed.success is ours, resumed
    if not ours:
        assert isinstance(resumed, Failed)
        assert "somebody else took a snapshot base of CT 101 meanwhile; ours was not taken" in resumed.reason
    assert sent(simulator) == []
    assert house.again(adopted).operation is None


@pytest.mark.parametrize("name", ["snapshot", "delete-snapshot"])
def test_a_snapshot_of_a_container_that_moved_right_after_is_proved_where_it_is(
    house: House, simulator: Simulator, name: str
) -> None:
    action = next(one for one in EVERY_ACTION if one.name == name)
    ready = action.prepare(house)
    with simulator.world.entered() as cluster:
        finish = cluster.tasks._finish

        def moving(task, status):
            finish(task, status)
            if task.type == action.task:
                cluster.guests[ready.at].node = "pve3"

        cluster.tasks._finish = moving  # type: ignore[method-assign]

    result = ready.execute(house.engine)

    assert isinstance(result, Done), result
    assert result.container is not None
    assert result.container.node == "pve3"
