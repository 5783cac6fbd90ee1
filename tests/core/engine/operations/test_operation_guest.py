"""The guest of an operation: it must be there and be ours, and is waited for only as long as waiting may end that."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.operations.operation_guest import OperationGuest
from proximity_tui.core.engine.operations.outcome import EngineSettings, Interrupted, StepFailed
from proximity_tui.core.model import Actor, Container, Plan, Status
from proximity_tui.simulator import Simulator
from tests.support.house import House, WaitingClock
from tests.support.records.make import operation


def guest_of(house: House, container: Container) -> OperationGuest:
    """The guest of an operation on a container, whose steps wait for seconds that pass only meanwhile."""
    plan = house.plan_hard(container)
    assert isinstance(plan, Plan)
    settings = EngineSettings(Actor("anna", "jump1"), settle_timeout=2.0, task_timeout=2.0)
    return OperationGuest(operation(plan, container=container.id), house.clients["lab"], WaitingClock(20.0), settings)


def test_law_2_what_is_gone_ends_a_step_and_what_cannot_be_seen_interrupts_it(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    guest = guest_of(house, native)
    assert guest.observe().vmid == native.vmid
    simulator.faults.answer(500, "nobody can say now", method="GET")
    with pytest.raises(Interrupted, match="cannot be seen"):
        guest.observe()
    simulator.faults.clear()
    simulator.world.destroy_outside(native.vmid or 0)
    with pytest.raises(StepFailed):
        guest.observe(patience=60.0)


def test_law_3_another_guest_at_the_vmid_is_never_noted_as_ours(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    guest = guest_of(house, native)
    simulator.world.recreate_outside(native.vmid or 0)
    stranger = guest.observe()
    for refused in (guest.note_ours, guest.refuse_another_guest):
        with pytest.raises(StepFailed, match="is another guest now"):
            refused(stranger)
    with pytest.raises(StepFailed, match="is another guest now"):
        guest.await_status(stranger.status)
    assert house.again(native).name == "web1"


def test_a_status_is_waited_for_until_it_is_seen_and_fails_where_it_never_comes(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    guest = guest_of(house, native)
    with pytest.raises(StepFailed, match="is running and not stopped: by itself, or by somebody else"):
        guest.await_status(Status.STOPPED)
    simulator.world.set_status(native.vmid or 0, "stopped")
    assert guest.await_status(Status.STOPPED).status is Status.STOPPED


def test_what_was_noted_last_is_at_hand(house: House) -> None:
    native = house.native("web1")
    guest = guest_of(house, native)
    assert guest.last_noted is None
    seen = guest.observe()
    guest.note_ours(seen)
    assert guest.last_noted is seen
