"""A request whose answer never comes, for every action: it may have been carried out, and is never repeated unasked."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import pytest

from proximity_tui.core.doctrine.guards.permit import DestroyPermit
from proximity_tui.core.engine.operations.outcome import Failed, Resumable
from proximity_tui.core.model import Action, ClosedReason, Operation, OperationStatus, RefusalCode, State, StepName
from proximity_tui.core.model.actions.plan_options import SnapshotOptions
from proximity_tui.core.store.records import operations, records
from proximity_tui.simulator import Simulator
from tests.support.actions.deleting import planned
from tests.support.actions.snapshotting import taking
from tests.support.house import House, TickingClock, gateway_to
from tests.support.records.every_action import EVERY_ACTION, EveryAction
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import (
    about_to_destroy,
    owner_that_died,
    when,
)

DOUBT = ("may have been carried out", "it may still be done", "not known whether it ran")

each = pytest.mark.parametrize("action", [pytest.param(one, id=one.name) for one in EVERY_ACTION])


@each
def test_what_was_carried_out_without_an_answer_is_found_again_and_done_once(
    house: House, simulator: Simulator, action: EveryAction
) -> None:
    ready = action.prepare(house)
    simulator.journal.clear()
    simulator.faults.lose_answer(action.path, method=action.method)
    when(simulator, action.is_write, lambda: simulator.faults.answer(500, "nobody can say now", method="GET"))

    result = ready.execute(house.hands(lost_answer=0.1, settle_timeout=0.1))

    assert isinstance(result, Resumable), result
    assert any(doubt in result.reason for doubt in DOUBT), result.reason
    assert result.operation is not None
    simulator.faults.clear()
    resumed = house.engine.resume(result.operation.id)
    assert resumed.success, resumed
    assert action.writes(house) == 1


@each
def test_what_never_arrived_is_sent_once_more_when_somebody_resumes_it(house: House, action: EveryAction) -> None:
    left = never_arrived(house, action)

    resumed = house.engine.resume(left.id)

    if left.action is Action.HARD_DELETE:
        assert isinstance(resumed, Resumable), "a second destroy takes a word of its own"
        assert action.writes(house) == 1
        resumed = house.engine.resume(left.id, destroy_again=True)
    assert resumed.success, resumed
    assert action.writes(house) == 2
    assert action.tasks(house) == (1 if action.task else 0)


@pytest.mark.parametrize("name", ["create", "roll-back", "hard-delete"])
def test_what_never_arrived_is_abandoned_as_what_is_seen(house: House, name: str) -> None:
    action = next(one for one in EVERY_ACTION if one.name == name)
    left = never_arrived(house, action)
    assert left.container is not None

    assert house.engine.abandon(left.id).success

    assert operations.get(left.id).status is OperationStatus.ABANDONED
    record = records.get(left.container)
    seen = ClosedReason.NEVER_CREATED if name == "create" else State.STOPPED
    assert (record.closed_reason or record.state, record.operation) == (seen, None)
    assert action.writes(house) == 1


def never_arrived(house: House, action: EveryAction) -> Operation:
    """The operation that is left of an action whose request was lost on its way."""
    ready = action.prepare(house)
    house.simulator.journal.clear()
    house.simulator.faults.drop(action.path, method=action.method, times=1)
    result = ready.execute(house.hands(lost_answer=0.1))
    assert isinstance(result, Resumable), result
    assert any(doubt in result.reason for doubt in DOUBT), result.reason
    assert result.operation is not None
    return result.operation


def test_of_a_name_that_cannot_be_sent_the_journal_says_that_nothing_was(house: House, simulator: Simulator) -> None:
    """Somebody changed the plan by hand."""
    adopted = house.adopted(101)
    bent = replace(taking(house, adopted), options=SnapshotOptions("../102"))
    simulator.journal.clear()

    result = house.engine.carry_out(bent, adopted)

    assert isinstance(result, Failed), result
    assert result.refusal is not None
    assert result.refusal.code is RefusalCode.INVALID
    assert "'../102' is not the name of a snapshot, so nothing was sent to Proxmox" in result.reason
    assert result.operation is not None
    assert not any(step.was_sent for step in result.operation.steps)
    assert house.wire() == []
    assert (house.again(adopted).state, house.again(adopted).operation) == (State.RUNNING, None)


@both_databases
def test_a_process_that_slept_while_another_took_over_sends_no_destroy(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    taken: list[str] = []

    def sleep_and_be_replaced() -> None:
        (running,) = operations.open_operations()
        operations.finish(running.id, OperationStatus.INTERRUPTED, "its heartbeat was old")
        taken.append(operations.take_over(running.id, owner_that_died()).owner)

    # The quorum is the last thing that is read before the config.
    closing_in: list[bool] = []
    when(simulator, about_to_destroy(simulator, native.vmid or 0), lambda: closing_in.append(True))
    when(simulator, lambda entry: closing_in and entry.path == "/cluster/status", sleep_and_be_replaced)
    result = house.engine.delete(plan, native)

    assert taken
    assert isinstance(result, Resumable)
    assert house.destroys() == []
    (left,) = house.engine.mark_interrupted()
    assert house.engine.resume(left.id).success
    assert len(house.destroys()) == 1


@pytest.mark.parametrize("taken_over", [False, True])
def test_law_3_a_destroy_whose_connection_takes_a_minute_is_not_sent(
    simulator: Simulator, database: str, monkeypatch: pytest.MonkeyPatch, taken_over: bool
) -> None:
    """Its permit is used up by then, and the name of the server is looked up only after that."""
    clock = TickingClock()
    house = House({"lab": simulator}, database, clock)
    house.clients["lab"] = gateway_to(simulator, "lab", clock, connect_timeout=30.0)
    house.engine = house.hands()
    native = house.native("web1")
    plan = planned(house, native)
    resolve, spend, about_to_send = socket.getaddrinfo, DestroyPermit.spend, list[bool]()

    def spending(permit: DestroyPermit, *args: Any) -> None:
        spend(permit, *args)
        about_to_send.append(True)

    def slowly(*args: Any, **kwargs: Any) -> Any:
        if about_to_send:
            about_to_send.clear()
            clock.ahead += 61.0
            if taken_over:
                (running,) = operations.open_operations()
                operations.finish(running.id, OperationStatus.INTERRUPTED, "its heartbeat was old")
                operations.take_over(running.id, owner_that_died())
        return resolve(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(DestroyPermit, "spend", spending)
        patch.setattr(socket, "getaddrinfo", slowly)
        result = house.engine.delete(plan, native)

    assert clock.ahead > 0
    assert isinstance(result, Resumable), result
    assert house.destroys() == []
    left = operations.open_operations()[0]
    if taken_over:
        # Whoever has it now finds an intent, and a second destroy takes a word of its own.
        (left,) = house.engine.mark_interrupted()
    else:
        assert "connecting took too long, so it was not sent" in result.reason
        assert not left.step(StepName.DESTROY).was_sent
    assert house.engine.resume(left.id, destroy_again=taken_over).success
    assert len(house.destroys()) == 1
