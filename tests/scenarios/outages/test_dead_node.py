"""A node that dies under a task of ours: we wait for a minute, say so meanwhile, and the operation keeps its doubt."""

from __future__ import annotations

from proximity_tui.core.engine.operations.outcome import Resumable
from proximity_tui.screens.operation.progress_dialog import step_lines
from proximity_tui.simulator import Simulator
from tests.support.every_action import BACKUP
from tests.support.house import House
from tests.support.meddling import when


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
