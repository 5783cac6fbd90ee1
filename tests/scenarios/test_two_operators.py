"""Several people, or one twice, at the same container: one operation holds it, the others are told whose it is."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.engine.operations.outcome import Failed, Outcome
from proximity_tui.core.model import Action, Plan, Refusal
from proximity_tui.core.store.records import operations
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.gate import Entry
from tests.support.actions.deleting import planned
from tests.support.house import House, refusal_of
from tests.support.servers.databases import both_databases
from tests.support.timing.at_once import at_once
from tests.support.timing.meddling import asked, held_back, when
from tests.support.timing.waiting import LONGEST


@both_databases
def test_n38_double_delete_in_one_process(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    results = at_once(lambda: house.engine.delete(plan, native), lambda: house.engine.delete(plan, native))
    assert sorted(result.success for result in results) == [False, True]
    assert len(house.destroys()) == 1
    assert [one.action for one in operations.for_container(native.id)].count(Action.HARD_DELETE) == 1


@both_databases
def test_n39_two_operators(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    bob, anna = house.hands("bob"), house.engine
    plan_of_bob, plan_of_anna = (hands.plan_delete(native, Choice.HARD) for hands in (bob, anna))
    assert isinstance(plan_of_bob, Plan)
    assert isinstance(plan_of_anna, Plan)
    simulator.journal.clear()
    answers: list[Outcome] = []
    thread = threading.Thread(target=lambda: answers.append(bob.delete(plan_of_bob, native)))
    # On its way to shut the container down bob's request waits until anna has tried.
    with held_back(simulator, asked("POST", "/status/shutdown")) as begun:
        thread.start()
        assert begun.wait(LONGEST)
        late = anna.delete(plan_of_anna, native)
        planning = anna.plan_delete(house.again(native), Choice.HARD)
        forgetting = anna.plan_delete(house.again(native), Choice.SOFT)
        starting = anna.plan_power(house.again(native), Action.START)
    thread.join()

    assert refusal_of(late).code in ("busy", "changed")
    for refused in (planning, forgetting, starting):
        assert isinstance(refused, Refusal)
        assert refused.code == "busy"
        assert "hard-delete in progress by bob@jump1" in refused.reason
    (ended,) = answers
    assert ended.success, ended
    assert len(house.destroys()) == 1
    assert house.again(native).is_tombstone


@both_databases
def test_n40_operator_starts_while_the_delete_runs(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    start = house.engine.plan_power(replace(native, operation=None), Action.STOP)
    assert isinstance(start, Plan)
    refused: list[Refusal] = []
    simulator.journal.clear()
    when(
        simulator,
        asked("POST", "/status/shutdown"),
        lambda: refused.append(refusal_of(house.hands("bob").carry_out(start, native))),
    )
    assert house.hard_delete(native).success
    (no,) = refused
    assert no.code == "busy"
    assert "in progress by anna@jump1" in no.reason
    assert len(house.wire()) == 2, "the delete's own two requests, and no start or stop"


@pytest.mark.parametrize(
    ("action", "task", "then"),
    [(Action.START, "vzstart", "stopped"), (Action.STOP, "vzstop", "running"), (Action.REBOOT, "vzreboot", "stopped")],
)
def test_what_another_operator_undoes_right_afterwards_ends_and_is_not_waited_for(
    house: House, simulator: Simulator, action: Action, task: str, then: str
) -> None:
    """No waiting and no resuming would ever have ended it, and the record would have been held all the time."""
    ours = house.native(start=action is not Action.START)
    plan = house.engine.plan_power(ours, action)
    assert isinstance(plan, Plan)

    def done(entry: Entry) -> bool:
        with simulator.world.entered() as cluster:
            ended = any(one.type == task and one.exitstatus == "OK" for one in cluster.tasks.all)
        return ended and entry.path.endswith("/cluster/resources")

    when(simulator, done, lambda: simulator.world.set_status(ours.vmid or 0, then))
    result = house.impatient(settle_timeout=3.0).carry_out(plan, ours)
    assert isinstance(result, Failed), result
    assert f"its task ended well, but CT {ours.vmid} is {then} and not" in result.reason
    record = house.again(ours)
    assert (record.state.value, record.operation) == (then, None)
