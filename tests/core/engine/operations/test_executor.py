"""An operation to its end: what its record is given back to, what is kept of a warning, and an error of ours."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.engine.operations import executor, last_inspection
from proximity_tui.core.engine.operations.outcome import Done, Failed, Outcome, Resumable
from proximity_tui.core.engine.operations.step_context import StepContext
from proximity_tui.core.model import (
    Action,
    Container,
    CreateRequest,
    Operation,
    OperationStatus,
    Plan,
    State,
    StepOutcome,
)
from proximity_tui.core.store import events
from proximity_tui.core.store.db.store_errors import CommitUnknown, LostRace, StoreUnavailable
from proximity_tui.core.store.records import operations, records
from proximity_tui.screens.app.background_task import TaskResult
from proximity_tui.screens.operation.progress_lines import step_lines
from proximity_tui.simulator import Simulator
from tests.core.store.making import drop_trigger, raw
from tests.support.house import TEMPLATE, House


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


WARNING = "Systemd 252 detected. You may need to enable nesting."


@pytest.mark.parametrize("action", ["create", "start", "delete"])
def test_what_a_task_warned_of_is_kept_whatever_the_action(house: House, simulator: Simulator, action: str) -> None:
    task = {"create": "vzcreate", "start": "vzstart", "delete": "vzdestroy"}[action]
    made = done(house, simulator, action, task)
    assert made.success, made
    assert made.operation is not None
    (step,) = [step for step in made.operation.steps if step.warnings]
    assert (step.warnings, step.detail["exitstatus"]) == ((WARNING,), "WARNINGS: 1")
    (event,) = [event for event in events.list_events() if "ended with warnings" in event.message]
    assert (event.message, event.evidence["warnings"]) == (
        f"{step.name.words} of web1 ended with warnings: {WARNING}",
        [WARNING],
    )
    assert TaskResult("x", made).sentence == f"x: done, with warnings: {WARNING}"
    shown = ["".join(text for text, _ in line) for line in step_lines(made.operation.plan, made.operation)]
    assert f"   Proxmox warned: {WARNING}" in shown


def test_a_log_that_does_not_tell_the_warnings_hides_them_not(house: House, simulator: Simulator) -> None:
    simulator.world.fail_next_task("vzcreate", None, "WARNINGS: 2")
    made = house.engine.create(planned(house))
    assert made.operation is not None
    assert made.operation.warnings == ("WARNINGS: 2; the log of its task does not say of what",)


def planned(house: House) -> Plan:
    """The plan of a creation."""
    plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1"))
    assert isinstance(plan, Plan), plan
    return plan


def done(house: House, simulator: Simulator, action: str, task: str) -> Outcome:
    if action == "create":
        simulator.world.warn_in_next_task(task, None, WARNING)
        return house.engine.create(planned(house))
    container = house.create("web1", start=False)
    simulator.world.warn_in_next_task(task, container.vmid, WARNING)
    return house.power(container, Action.START) if action == "start" else house.hard_delete(container)


def test_law_9_an_error_of_ours_before_the_first_write_leaves_nothing(
    house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(house)
    simulator.journal.clear()
    with monkeypatch.context() as patch:
        patch.setattr(last_inspection, "permit_create", _breaks)
        result = house.engine.create(plan)
    assert isinstance(result, Failed), result
    assert "unexpected error (a bug in proximity-tui): ValueError: of ours" in str(result.error)
    assert house.wire() == []
    assert (records.active(), operations.open_operations()) == ((), ())


def test_law_9_an_error_of_ours_after_a_write_parks_the_operation(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(house)
    with monkeypatch.context() as patch:
        patch.setattr(house.clients["lab"], "clinical", _breaks)
        result = house.engine.create(plan)
    assert isinstance(result, Resumable), result
    (left,) = house.engine.mark_interrupted()
    assert house.engine.resume(left.id).success


def test_law_5_an_end_whose_commit_was_not_answered_is_told_as_it_is_recorded(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was told as interrupted, with the advice to resume what has ended."""
    steps = executor._execute_steps

    def unanswered(context: StepContext) -> None:
        steps(context)
        raise CommitUnknown(StoreUnavailable("the database server cannot be reached"))

    plan = planned(house)
    monkeypatch.setattr(executor, "_execute_steps", unanswered)
    result = house.engine.create(plan)
    assert isinstance(result, Done), result
    assert result.container is not None
    assert result.container.operation is None


def test_law_5_what_another_process_ended_meanwhile_is_not_told_as_one_to_resume(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours sends nothing then, and says nothing of a request."""
    steps = executor._execute_steps

    def suspended(context: StepContext) -> None:
        operations.finish(context.operation.id, OperationStatus.INTERRUPTED, owner=context.owner)
        assert house.hands("berta").abandon(context.operation.id).success
        steps(context)

    plan = planned(house)
    monkeypatch.setattr(executor, "_execute_steps", suspended)
    result = house.engine.create(plan)
    assert isinstance(result, Failed), result
    assert "is abandoned" in result.reason
    assert "sent and carried out" not in result.reason
    assert house.wire() == []


def test_law_5_a_request_of_ours_is_in_doubt_whoever_ended_the_operation_after_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever ended it did not know of the request, as after a failover to a server without the last intent."""
    wait = StepContext._await_task

    def ended_meanwhile(context: StepContext, *given: Any) -> Any:
        wait(context, *given)
        number = context.operation.id
        pending = "outcome = 'pending', intent_at = NULL, task = NULL"
        raw(f"UPDATE operation_step SET {pending} WHERE operation_id = {number}")
        raw(f"UPDATE operation SET status = 'abandoned', owner = 'berta' WHERE id = {number}")
        raise LostRace("operation is abandoned by now")

    plan = planned(house)
    monkeypatch.setattr(StepContext, "_await_task", ended_meanwhile)
    result = house.engine.create(plan)
    assert isinstance(result, Failed), result
    assert "its step create may have been sent and carried out" in result.reason


def test_a_record_whose_vmid_cannot_be_one_any_more_is_no_error_of_ours(house: House) -> None:
    """Somebody changed it by hand between the steps of an operation."""
    native = house.native("web1")
    left = _died_after_its_last_step(house, native)
    drop_trigger("container_identity", "container")
    raw(f"UPDATE container SET vmid = -7 WHERE id = {native.id}")
    raw(f"UPDATE operation SET vmid = -7 WHERE id = {left.id}")

    result = house.engine.resume(left.id)

    assert not isinstance(result, Done)
    assert "-7 is not a VMID, so nothing was sent to Proxmox" in str(result.error)
    assert "bug" not in str(result.error)


def _breaks(*_: object, **__: object) -> Any:
    raise ValueError("of ours")
