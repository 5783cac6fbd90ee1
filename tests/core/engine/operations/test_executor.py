"""What the record of an operation is given back to at its end."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.operations.outcome import Done, Failed
from proximity_tui.core.model import Action, Container, Operation, OperationStatus, Plan, State, StepOutcome
from proximity_tui.core.store.records import operations
from proximity_tui.simulator import Simulator
from tests.support.house import House


def _died_after_its_last_step(house: House, container: Container) -> Operation:
    """An operation whose process is gone: every step is done, and its record still in `updating`."""
    plan = house.engine.plan_power(container, Action.REBOOT)
    assert isinstance(plan, Plan)
    begun = operations.begin(plan, container, "anna@jump1", "gone:0:0", transient=State.UPDATING, message="started")
    for step in begun.steps:
        operations.fact(begun.id, step.seq, StepOutcome.DONE)
    return operations.finish(begun.id, OperationStatus.INTERRUPTED, "its process is gone")


@pytest.mark.parametrize("running", [True, False])
def test_a_record_leaves_updating_for_what_is_observed_not_for_what_was_wished(
    house: House, simulator: Simulator, running: bool
) -> None:
    native = house.native("web1")
    left = _died_after_its_last_step(house, native)
    if not running:
        simulator.world.set_status(native.vmid or 0, "stopped")

    result = house.engine.resume(left.id)

    assert isinstance(result, Done), result
    seen = State.RUNNING if running else State.STOPPED
    assert (house.again(native).state, house.again(native).operation) == (seen, None)
    assert house.said(native)[-1] == f"reboot: reboot: {native.label} is {seen}"


def test_a_record_is_not_given_the_status_of_another_guest_at_its_vmid(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    left = _died_after_its_last_step(house, native)
    simulator.world.destroy_outside(native.vmid or 0)
    simulator.world.recreate_outside(native.vmid or 0)

    result = house.engine.resume(left.id)

    assert isinstance(result, Failed), result
    assert "another guest" in result.reason
    assert (house.again(native).state, house.again(native).operation) == (State.ERROR, None)
