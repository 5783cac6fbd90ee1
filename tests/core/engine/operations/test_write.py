"""What forbids an action ends it alike, whether Proxmox says so to the request or only in its task."""

from __future__ import annotations

from proximity_tui.commands.base.exit_codes import Exit, of_result
from proximity_tui.core.engine.operations.outcome import Failed, Outcome
from proximity_tui.core.model import RefusalCode
from tests.support.every_action import WITH_A_TASK, EveryAction, each_with_a_task
from tests.support.house import House

LOCKED = "CT is locked (backup)"


def ended(house: House, action: EveryAction, *, within: bool) -> Outcome:
    """How an action ends that meets the lock of a backup, within its task or before there is one."""
    ready = action.prepare(house)
    if within:
        house.simulator.world.fail_next_task(action.task, ready.at, LOCKED)
    else:
        house.simulator.faults.answer(500, LOCKED, action.path, method=action.method, times=1)
    return ready.execute(house.engine)


@each_with_a_task
def test_a_lock_that_only_the_task_meets_is_a_refusal(house: House, action: EveryAction) -> None:
    assert_refused(ended(house, action, within=True))


def test_a_lock_that_the_request_meets_is_the_same_refusal(house: House) -> None:
    assert_refused(ended(house, WITH_A_TASK[0], within=False))


def assert_refused(result: Outcome) -> None:
    assert isinstance(result, Failed), result
    assert result.refusal is not None, result.reason
    assert result.refusal.code is RefusalCode.LOCKED
    assert of_result(result) is Exit.REFUSED
    assert LOCKED in result.reason
    assert "wait until whatever holds the lock is done" in result.reason
