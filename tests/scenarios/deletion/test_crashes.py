"""When our process dies, or sleeps, in the middle of a delete: nothing is sent by itself, or for somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from proximity_tui.core import store
from proximity_tui.core.engine.operations.outcome import Resumable
from proximity_tui.core.engine.operations.recovery import progress_sentence
from proximity_tui.core.engine.reconcile import janitor_run
from proximity_tui.core.model import Kind, OperationStatus, State, Status, StepOutcome
from proximity_tui.core.store import database, events, transaction
from proximity_tui.core.store.db.errors import Conflict, LostRace
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.records import operations, ports, records
from proximity_tui.simulator import Simulator
from tests.scenarios.deletion.before_and_after import is_running, planned
from tests.support.databases import both_databases
from tests.support.house import House, refusal_of
from tests.support.meddling import (
    Killed,
    about_to_destroy,
    asked,
    die_while_deleting,
    doomed,
    owner_that_died,
    when,
)


@both_databases
def test_n41_crash_after_the_intent_before_the_stop(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "shutdown", after=False)

    assert house.wire() == [], "nothing is sent by itself, before or after the restart"
    record, operation = house.again(native), operations.get(left)
    assert (record.state, record.operation, operation.status) == (State.REMOVING, left, OperationStatus.INTERRUPTED)
    assert "was interrupted at step 1/5" in house.said(native)[-1]
    refused = refusal_of(house.hard_delete(native))
    assert (refused.code, "resume or abandon it" in refused.reason) == ("busy", True)

    assert house.engine.resume(left).success
    assert len(house.destroys()) == 1
    assert house.again(native).is_tombstone
    assert ports.used() == frozenset()


def test_a_step_of_a_later_version_is_left_to_that_version(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    left = die_while_deleting(house, planned(house, native), native, "shutdown", after=False)
    run_sql(database.proxy.obj, f"UPDATE operation_step SET name = 'hibernate' WHERE operation_id = {left} AND seq = 1")

    resumed = house.engine.resume(left)
    assert isinstance(resumed, Resumable)
    assert "step 1 is of another version of proximity-tui" in str(resumed.error)
    assert house.wire() == []
    assert is_running(simulator, native)


def test_n41_or_it_is_abandoned(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "shutdown", after=False)
    assert house.engine.abandon(left).success
    record = house.again(native)
    assert (record.state, record.status, record.operation) == (State.RUNNING, Status.RUNNING, None)
    assert record.ports == native.ports
    assert operations.get(left).status is OperationStatus.ABANDONED
    assert house.wire() == []
    assert is_running(simulator, native)


@pytest.mark.parametrize("method", ["shutdown", "stop"])
def test_n42_crash_after_the_stop_was_sent_before_its_task_was_known(
    house: House, simulator: Simulator, method: str
) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    if method == "stop":
        simulator.world.fail_next_task("vzshutdown", native.vmid, "container did not stop")
    left = die_while_deleting(house, planned(house, native), native, method, after=True)
    sent = house.wire()
    assert operations.get(left).current is not None
    assert (operations.get(left).current or operations.get(left).steps[0]).task is None

    assert house.engine.resume(left).success
    assert house.wire() == [*sent, f"DELETE /nodes/pve1/lxc/{native.vmid}"], "the stop is found, not repeated"
    assert house.again(native).is_tombstone


@both_databases
def test_n43_crash_after_stopped_before_the_destroy(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=False)
    assert not is_running(simulator, native)
    told = progress_sentence(operations.get(left))
    assert told.startswith("it stopped at step 3/5 (destroy), after shutdown; sent to Proxmox: ")

    assert house.engine.abandon(left).success
    record = house.again(native)
    assert (record.closed_at, record.state, record.status) == (None, State.STOPPED, Status.STOPPED)
    assert record.ports == native.ports
    assert "abandoned; it stopped at step 3/5 (destroy), after shutdown" in str(record.last_error)
    assert house.destroys() == []
    assert simulator.world.container(native.vmid or 0) is not None


def test_n44_crash_after_the_destroy_was_sent(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=True)
    assert len(house.destroys()) == 1

    result = house.engine.resume(left)

    assert result.success, result
    assert len(house.destroys()) == 1, "never a second destroy"
    assert result.operation is not None
    destroy = next(step for step in result.operation.steps if step.name == "destroy")
    assert destroy.task is not None
    assert (destroy.outcome, destroy.detail["exitstatus"]) == (StepOutcome.DONE, "OK")
    assert house.again(native).closed_reason == "destroyed by us"
    assert ports.used() == frozenset()


def test_n44_abandoned_it_still_tells_the_truth(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=True)
    assert house.engine.resume(left).success or house.engine.abandon(left).success
    assert simulator.world.container(native.vmid or 0) is None
    assert house.again(native).is_tombstone


def test_n44_a_task_that_runs_for_long_is_waited_for_by_whoever_resumes(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.hang_next_task("vzdestroy", native.vmid)
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=True)
    for _ in range(2):
        result = house.impatient(task_timeout=0.2).resume(left)
        assert isinstance(result, Resumable)
    assert len(house.destroys()) == 1
    assert not house.again(native).is_tombstone


def test_law_1_what_was_forgotten_after_a_crash_is_not_destroyed_by_a_resume(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1", port=80)
    engine = doomed(house, "destroy", after=False)
    with pytest.raises(Killed):
        engine.delete(planned(house, native), native)
    (left,) = operations.open_operations()
    assert left.status is OperationStatus.OPEN, "its process is dead, and nobody has said so yet"

    assert house.soft_delete(native).success
    adopted = house.adopt(native.vmid or 0)

    assert operations.get(left.id).status is OperationStatus.ABANDONED
    assert house.engine.interrupted() == ()
    for settle in (house.engine.resume, house.engine.abandon):
        with pytest.raises(LostRace, match="has ended"):
            settle(left.id)
    assert house.destroys() == []
    assert simulator.world.container(native.vmid or 0) is not None
    assert house.again(adopted).kind is Kind.ADOPTED


def test_law_1_a_record_that_the_reconciler_closed_takes_its_dead_operation_along(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    engine = doomed(house, "destroy", after=False)
    with pytest.raises(Killed):
        engine.delete(planned(house, native), native)
    simulator.world.destroy_outside(native.vmid)
    house.reconcile_twice()
    assert house.again(native).is_tombstone

    simulator.world.restore(native.vmid)
    assert house.engine.interrupted() == ()
    assert house.destroys() == []
    assert house.adopt(native.vmid).kind is Kind.ADOPTED


@both_databases
def test_law_8_what_the_janitor_marked_can_be_abandoned_while_the_cluster_is_down(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "shutdown", after=False)
    janitor_run.run("lab", dict.fromkeys(State, timedelta(0)), transaction)
    assert house.again(native).state is State.ERROR
    simulator.faults.answer(595, "no route to host")

    assert house.engine.abandon(left).success

    record = house.again(native)
    assert (record.state, record.operation) == (State.ERROR, None)
    assert "abandoned" in str(record.last_error)
    assert operations.get(left).status is OperationStatus.ABANDONED
    assert record.ports == native.ports
    assert events.verify().whole


def test_what_nobody_configured_here_is_not_taken_over(house: House) -> None:
    native = house.native("web1")
    left = die_while_deleting(house, planned(house, native), native, "shutdown", after=False)
    elsewhere = house.hands()
    elsewhere.clients = {}
    for settle in (elsewhere.resume, elsewhere.abandon):
        assert "not configured" in refusal_of(settle(left)).reason
    assert operations.get(left).status is OperationStatus.INTERRUPTED, "others can still settle it"
    assert house.engine.resume(left).success


@both_databases
def test_a_live_operation_is_nobody_elses(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    refused: list[Exception] = []

    def take() -> None:
        (running,) = operations.open_operations()
        try:
            house.hands("bob").resume(running.id)
        except Conflict as conflict:
            refused.append(conflict)

    when(simulator, asked("POST", "/status/shutdown"), take)
    assert house.engine.delete(plan, native).success
    (no,) = refused
    assert "in progress by anna@jump1" in str(no)
    assert len(house.destroys()) == 1


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
    (left,) = house.engine.interrupted()
    assert house.engine.resume(left.id).success
    assert len(house.destroys()) == 1


def test_a_plan_from_before_the_restart_still_needs_the_same_record(house: House) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    store.close_store()
    store.open_store(house.database)
    moved = records.transition(native, State.STOPPED, actor="test", action="test", message="somebody else was here")
    assert refusal_of(house.engine.delete(plan, moved)).code == "changed"
    assert refusal_of(house.engine.delete(plan, replace(moved, version=native.version))).code in ("busy", "changed")
    assert house.wire() == []
