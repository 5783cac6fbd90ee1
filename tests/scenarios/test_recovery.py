"""When the work is cut short: by a crash, a lost answer, an outage, or a database that cannot be written."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.doctrine.deletion import Choice
from proximity_tui.core.engine import checkup
from proximity_tui.core.engine.recovery import story
from proximity_tui.core.model import (
    Action,
    Container,
    CreateRequest,
    Kind,
    OperationStatus,
    Plan,
    State,
    Status,
    StepOutcome,
)
from proximity_tui.core.store import events, operations, ports, records, transaction
from proximity_tui.core.store.errors import Conflict, LostRace, StoreError, StoreUnavailable
from proximity_tui.core.store.migrations import HISTORY
from proximity_tui.simulator import Simulator
from tests.support.house import TEMPLATE, House, refusal_of
from tests.support.meddling import (
    Killed,
    about_to_destroy,
    asked,
    die_while_deleting,
    doomed,
    full_disk,
    locked,
    owner_that_died,
    when,
)


def destroys(house: House) -> list[str]:
    return [line for line in house.wire() if line.startswith("DELETE")]


def planned(house: House, container: Container) -> Plan:
    plan = house.plan_hard(container)
    assert isinstance(plan, Plan), plan
    house.simulator.journal.clear()
    return plan


def is_running(simulator: Simulator, container: Container) -> bool:
    seen = simulator.world.container(container.vmid or 0)
    return seen is not None and seen.status == "running"


# Crashes


def test_n41_crash_after_the_intent_before_the_stop(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "shutdown", after=False)

    assert house.wire() == [], "nothing is sent by itself, before or after the restart"
    record, operation = house.again(native), operations.get(left)
    assert (record.state, record.operation, operation.status) == (State.REMOVING, left, OperationStatus.INTERRUPTED)
    assert "was interrupted at step 1/5" in house.said(native)[-1]
    refused = refusal_of(house.hard_delete(native))
    assert (refused.code, "resume or abandon it" in refused.reason) == ("busy", True)

    assert house.engine.resume(left).success
    assert len(destroys(house)) == 1
    assert house.again(native).is_tombstone
    assert ports.used() == frozenset()


def test_n41_or_it_is_abandoned(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
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
    native = house.create("web1")
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


def test_n43_crash_after_stopped_before_the_destroy(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=False)
    assert not is_running(simulator, native)
    told = story(operations.get(left))
    assert "done: shutdown" in told
    assert "(destroy)" in told

    assert house.engine.abandon(left).success
    record = house.again(native)
    assert (record.closed_at, record.state, record.status) == (None, State.STOPPED, Status.STOPPED)
    assert record.ports == native.ports
    assert "abandoned; done: shutdown" in str(record.last_error)
    assert destroys(house) == []
    assert simulator.world.container(native.vmid or 0) is not None


def test_n44_crash_after_the_destroy_was_sent(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=True)
    assert len(destroys(house)) == 1

    result = house.engine.resume(left)

    assert result.success, result
    assert len(destroys(house)) == 1, "never a second destroy"
    assert result.operation is not None
    destroy = next(step for step in result.operation.steps if step.name == "destroy")
    assert destroy.task is not None
    assert (destroy.outcome, destroy.detail["exitstatus"]) == (StepOutcome.DONE, "OK")
    assert house.again(native).closed_reason == "destroyed by us"
    assert ports.used() == frozenset()


def test_n44_abandoned_it_still_tells_the_truth(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=True)
    assert house.engine.resume(left).success or house.engine.abandon(left).success
    assert simulator.world.container(native.vmid or 0) is None
    assert house.again(native).is_tombstone


def test_n44_a_task_that_runs_for_long_is_waited_for_by_whoever_resumes(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    simulator.world.hang_next_task("vzdestroy", native.vmid)
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=True)
    for _ in range(2):
        result = house.hands(task_timeout=0.2).resume(left)
        assert (result.success, result.interrupted) == (False, True)
    assert len(destroys(house)) == 1
    assert not house.again(native).is_tombstone


def test_law_1_what_was_forgotten_after_a_crash_is_not_destroyed_by_a_resume(
    house: House, simulator: Simulator
) -> None:
    native = house.create("web1", port=80)
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
    assert destroys(house) == []
    assert simulator.world.container(native.vmid or 0) is not None
    assert house.again(adopted).kind is Kind.ADOPTED


def test_law_1_a_record_that_the_reconciler_closed_takes_its_dead_operation_along(
    house: House, simulator: Simulator
) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    engine = doomed(house, "destroy", after=False)
    with pytest.raises(Killed):
        engine.delete(planned(house, native), native)
    simulator.world.destroy_outside(native.vmid)
    house.reconcile_twice()
    assert house.again(native).is_tombstone

    simulator.world.restore(native.vmid)
    assert house.engine.interrupted() == ()
    assert destroys(house) == []
    assert house.adopt(native.vmid).kind is Kind.ADOPTED


def test_law_8_what_the_janitor_marked_can_be_abandoned_while_the_cluster_is_down(
    house: House, simulator: Simulator
) -> None:
    native = house.create("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "shutdown", after=False)
    checkup.run("lab", dict.fromkeys(State, timedelta(0)), house.clock, transaction)
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
    native = house.create("web1")
    left = die_while_deleting(house, planned(house, native), native, "shutdown", after=False)
    elsewhere = house.hands()
    elsewhere.gateways = {}
    for settle in (elsewhere.resume, elsewhere.abandon):
        assert "not configured" in refusal_of(settle(left)).reason
    assert operations.get(left).status is OperationStatus.INTERRUPTED, "others can still settle it"
    assert house.engine.resume(left).success


def test_a_live_operation_is_nobody_elses(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
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
    assert len(destroys(house)) == 1


def test_a_process_that_slept_while_another_took_over_sends_no_destroy(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    plan = planned(house, native)
    taken: list[str] = []

    def sleep_and_be_replaced() -> None:
        (running,) = operations.open_operations()
        operations.finish(running.id, OperationStatus.INTERRUPTED, "its heartbeat was old")
        taken.append(operations.take_over(running.id, owner_that_died()).owner)

    # The jobs of replication are the last thing that the look before the destroy reads.
    closing_in: list[bool] = []
    when(simulator, about_to_destroy(simulator, native.vmid or 0), lambda: closing_in.append(True))
    when(simulator, lambda entry: closing_in and entry.path == "/cluster/replication", sleep_and_be_replaced)
    result = house.engine.delete(plan, native)

    assert taken
    assert (result.success, result.interrupted) == (False, True)
    assert destroys(house) == []
    (left,) = house.engine.interrupted()
    assert house.engine.resume(left.id).success
    assert len(destroys(house)) == 1


# Answers that never came


def test_n8_401_in_the_middle_of_an_operation(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
    plan = planned(house, native)
    when(simulator, about_to_destroy(simulator, native.vmid or 0), lambda: simulator.faults.unauthorized())

    result = house.engine.delete(plan, native)

    assert (result.success, result.interrupted) == (False, True)
    assert destroys(house) == []
    record = house.again(native)
    assert (record.closed_at, record.state, record.ports) == (None, State.REMOVING, native.ports)
    assert simulator.token_secret not in str(result.error)
    simulator.faults.clear()
    (left,) = house.engine.interrupted()
    assert house.engine.resume(left.id).success
    assert len(destroys(house)) == 1


def test_n9_the_answer_to_the_destroy_is_lost(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
    simulator.faults.lose_answer(f"/lxc/{native.vmid}$", method="DELETE")
    plan = planned(house, native)

    result = house.engine.delete(plan, native)

    assert result.success, result
    assert len(destroys(house)) == 1, "the task is found by VMID, kind and time; the write is not repeated"
    assert result.operation is not None
    assert any(":vzdestroy:" in str(step.task) for step in result.operation.steps)
    assert house.again(native).closed_reason == "destroyed by us"


@pytest.mark.parametrize("end", ["unexpected status", "unable to read tail (got 0 bytes)"])
def test_n48_a_stop_whose_end_got_lost_is_looked_up_on_the_guest(house: House, simulator: Simulator, end: str) -> None:
    """Unknown is not failed: the guest did stop, and the delete goes on."""
    native = house.create("web1")
    plan = planned(house, native)
    simulator.world.fail_next_task("vzshutdown", native.vmid, "container did not stop")
    with simulator.world.entered() as cluster:
        finish = cluster.tasks._finish
        cluster.tasks._finish = lambda task, status: finish(task, end if task.type == "vzstop" else status)  # type: ignore[method-assign]
    result = house.engine.delete(plan, native)
    assert result.success, result
    assert house.again(native).closed_reason == "destroyed by us"


def test_n9_every_write_of_a_delete_loses_its_answer(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    plan = planned(house, native)
    simulator.faults.lose_answer("/status/shutdown", method="POST")
    simulator.faults.lose_answer(f"/lxc/{native.vmid}$", method="DELETE")
    assert house.engine.delete(plan, native).success
    assert len(house.wire()) == 2


def test_n9_the_tasks_cannot_be_read_after_the_answer_was_lost(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
    impatient = house.hands(lost_answer=0.1)
    plan = planned(house, native)
    simulator.faults.lose_answer(f"/lxc/{native.vmid}$", method="DELETE")
    when(simulator, asked("DELETE", f"/{native.vmid}"), lambda: simulator.faults.answer(500, "no tasks now", "/tasks"))

    result = impatient.delete(plan, native)

    assert (result.success, result.interrupted) == (False, True)
    assert "not known whether it ran" in str(result.error)
    assert not house.again(native).is_tombstone, "that it is gone was not observed"
    assert house.engine.resume(result.operation.id if result.operation else 0).interrupted, "still nobody can say"
    assert len(destroys(house)) == 1

    simulator.faults.clear()
    (left,) = house.engine.interrupted()
    assert house.engine.resume(left.id).success
    assert len(destroys(house)) == 1
    assert ports.used() == frozenset()


def test_n9_a_destroy_that_never_arrived_is_sent_by_a_person_only(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    impatient = house.hands(lost_answer=0.1)
    plan = planned(house, native)
    simulator.faults.drop(f"/lxc/{native.vmid}$", method="DELETE", times=1)
    result = impatient.delete(plan, native)
    assert (result.success, result.interrupted) == (False, True)
    assert len(destroys(house)) == 1
    assert simulator.world.container(native.vmid or 0) is not None
    (left,) = house.engine.interrupted()
    assert house.engine.resume(left.id).success
    assert simulator.world.container(native.vmid or 0) is None
    assert sum(":vzdestroy:" in task.upid for task in house.gateways["lab"].find_tasks("pve1", native.vmid)) == 1


def test_n9_a_power_action_whose_answer_was_lost_is_not_repeated(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    simulator.journal.clear()
    simulator.faults.lose_answer("/status/stop", method="POST")
    result = house.power(native, Action.STOP)
    assert result.success, result
    assert len(house.wire()) == 1
    assert house.again(native).state is State.STOPPED


def test_n9_a_power_action_that_came_true_is_not_sent_again_by_a_resume(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    stop = house.engine.plan_power(native, Action.STOP)
    assert isinstance(stop, Plan)
    simulator.journal.clear()
    simulator.faults.drop("/status/stop", method="POST", times=1)
    parked = house.hands(lost_answer=0.1).power(stop, native)
    assert parked.interrupted
    simulator.world.set_status(native.vmid, "stopped")
    (left,) = house.engine.interrupted()
    assert house.engine.resume(left.id).success
    assert len(house.wire()) == 1
    now = house.again(native)
    assert (now.state, now.last_error) == (State.STOPPED, None)


def test_law_2_a_read_that_fails_between_two_writes_parks_the_operation(house: House, simulator: Simulator) -> None:
    plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1", start=True))
    assert isinstance(plan, Plan)
    # The jobs of replication end the look that verifies it; what is read next is the clinical record.
    when(simulator, asked("GET", "/cluster/replication"), lambda: simulator.faults.answer(595, "no route to host"))
    simulator.journal.clear()

    result = house.engine.create(plan)

    assert (result.success, result.interrupted) == (False, True), result
    simulator.faults.clear()
    (left,) = house.engine.interrupted()
    finished = house.engine.resume(left.id)
    assert finished.success, finished
    assert len([line for line in house.wire() if line.endswith("/lxc")]) == 1, "created once"
    (container,) = records.active()
    assert (container.kind, container.state) == (Kind.NATIVE, State.RUNNING)


def test_law_2_a_creation_that_still_runs_is_not_taken_for_one_that_never_was(database: str) -> None:
    with Simulator("empty", task_seconds=3600.0) as simulator:
        house = House({"lab": simulator}, database)
        try:
            plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1"))
            assert isinstance(plan, Plan)
            result = house.hands(task_timeout=0.1).create(plan)
            assert result.interrupted
            (left,) = house.engine.interrupted()
            assert house.engine.abandon(left.id).success
            (container,) = records.active()
            assert (container.kind, container.vmid) == (Kind.NATIVE, plan.vmid)
        finally:
            store.close_store()


def test_a_creation_waits_for_a_list_that_lags_behind(house: House, simulator: Simulator) -> None:
    plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1"))
    assert isinstance(plan, Plan)
    simulator.faults.partial([plan.vmid or 0], times=3)
    assert house.engine.create(plan).success


def test_a_creation_that_gets_no_port_says_so_and_is_ours_all_the_same(simulator: Simulator, database: str) -> None:
    house = House({"lab": simulator}, database, port_pool=range(8100, 8101))
    try:
        house.adopt(101, port=80)
        native = house.create("web1", port=80)
        assert native.ports == ()
        assert "public ports" in str(native.last_error)
        assert operations.open_operations() == ()
    finally:
        store.close_store()


# A database that cannot be written


def test_n73_database_locked_by_another_program(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
    plan = planned(house, native)
    with locked(house.database), pytest.raises(StoreUnavailable, match="locked by another program"):
        house.engine.delete(plan, native)
    assert house.wire() == []
    assert is_running(simulator, native)
    assert house.engine.delete(plan, native).success, "and afterwards the same plan still holds"


@pytest.mark.usefixtures("sqlite_only")
def test_n74_disk_full_before_the_intent(house: House, simulator: Simulator) -> None:
    native, adopted = house.create("web1", port=80), house.adopt(101)
    plan = planned(house, native)
    soft = house.engine.plan_delete(adopted, Choice.SOFT)
    assert isinstance(soft, Plan)
    with full_disk():
        for given, container in ((plan, native), (soft, adopted)):
            with pytest.raises(StoreUnavailable, match="disk"):
                house.engine.delete(given, container)
        assert not house.try_adopt(102).success
    assert house.wire() == []
    assert {one.id for one in records.active()} == {native.id, adopted.id}
    assert house.engine.delete(plan, native).success, "recovers once there is space again"


@pytest.mark.usefixtures("sqlite_only")
def test_n74_disk_full_in_the_middle(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    plan = planned(house, native)
    engine = house.hands()
    engine.owner = owner_that_died()
    disk = full_disk()
    # The shutdown was sent, and what came of it cannot be written down any more.
    when(simulator, asked("POST", "/status/shutdown"), disk.__enter__)
    try:
        result = engine.delete(plan, native)
    finally:
        disk.__exit__(None, None, None)
    assert (result.success, result.interrupted) == (False, True)
    assert "disk" in str(result.error)
    assert destroys(house) == []

    (left,) = house.engine.interrupted()
    assert house.engine.resume(left.id).success
    assert len(house.wire()) == 2, "one shutdown, one destroy"
    assert events.verify().whole


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize("damage", ["read-only", "newer", "not a database", "damaged", "a directory is missing"])
def test_n75_a_database_that_cannot_be_trusted_is_refused_in_one_sentence(
    house: House, tmp_path: Path, damage: str
) -> None:
    house.adopt(101)
    store.close_store()
    file = Path(house.database.removeprefix("sqlite:///"))
    url = house.database
    if damage == "read-only":
        file.chmod(0o400)
    elif damage == "newer":
        with sqlite3.connect(file) as connection:
            connection.execute(f"INSERT INTO {HISTORY} VALUES (9999, '2030-01-01T00:00:00Z')")
        connection.close()
    elif damage == "not a database":
        file.write_bytes(b"hello, this is a text " * 400)
    elif damage == "damaged":
        whole = file.read_bytes()
        file.write_bytes(whole[:5000] + os.urandom(len(whole) - 5000))
    else:
        (tmp_path / "file").write_text("in the way")
        url = f"sqlite:///{tmp_path}/file/proximity.db"
    before = file.read_bytes()

    with pytest.raises(StoreUnavailable) as refused:
        store.open_store(url)

    sentence = refused.value.message
    assert sentence
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert file.read_bytes() == before, "nothing was migrated on a guess"
    with pytest.raises(StoreError):
        records.active()


def test_a_plan_from_before_the_restart_still_needs_the_same_record(house: House) -> None:
    native = house.create("web1")
    plan = planned(house, native)
    store.close_store()
    store.open_store(house.database)
    moved = records.transition(native, State.STOPPED, actor="test", action="test", message="somebody else was here")
    assert refusal_of(house.engine.delete(plan, moved)).code == "changed"
    assert refusal_of(house.engine.delete(plan, replace(moved, version=native.version))).code in ("busy", "changed")
    assert house.wire() == []
