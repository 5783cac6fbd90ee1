"""A task whose end Proxmox does not know, because its worker died: what is seen of the guest decides, and nobody is
told that the task ended well, or that somebody else undid it (law 7).
"""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.operations.outcome import Failed
from proximity_tui.simulator import Simulator
from tests.support.house import House
from tests.support.records.every_action import WITH_A_TASK

NAMED = {one.name: one for one in WITH_A_TASK}


@pytest.mark.parametrize("name", ["start", "stop", "snapshot", "delete-snapshot", "migrate"])
def test_law_7_of_a_task_without_a_known_end_it_is_not_said_that_it_ended_well(
    house: House, simulator: Simulator, name: str
) -> None:
    action = NAMED[name]
    ready = action.prepare(house)
    simulator.world.fail_next_task(action.task, ready.at, "unexpected status")

    result = ready.execute(house.impatient(settle_timeout=0.2))

    assert isinstance(result, Failed), result
    assert "the end of its task is not known" in result.reason
    assert "ended well" not in result.reason
    assert "somebody" not in result.reason
