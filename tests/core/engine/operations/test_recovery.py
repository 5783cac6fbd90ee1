"""An operation that an earlier process left: resumed to exactly what was agreed, or abandoned, and never by itself."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.operations import executor, last_inspection
from proximity_tui.core.engine.operations.outcome import Interrupted, Resumable
from proximity_tui.core.model import Action, CreateRequest, Kind, OperationStatus, Plan, Refusal, State, StepOutcome
from proximity_tui.core.store import database
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.db.store_errors import LostRace
from proximity_tui.core.store.records import operations, public_ports, records
from proximity_tui.simulator import Simulator
from tests.support.actions.deleting import is_running, planned
from tests.support.house import TEMPLATE, House, refusal_of
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import (
    Killed,
    asked,
    die_while_creating,
    die_while_deleting,
    doomed,
    owner_that_died,
    when,
    without_node,
)
from tests.support.timing.waiting import until


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
    assert public_ports.used() == frozenset()


def test_a_step_of_a_later_version_is_left_to_that_version(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    left = die_while_deleting(house, planned(house, native), native, "shutdown", after=False)
    run_sql(database.proxy.obj, f"UPDATE operation_step SET name = 'hibernate' WHERE operation_id = {left} AND seq = 1")

    resumed = house.engine.resume(left)
    assert isinstance(resumed, Resumable)
    assert "step 1 is of another version of proximity-tui" in str(resumed.error)
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
    assert public_ports.used() == frozenset()


def test_n44_abandoned_it_still_tells_the_truth(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=True)
    assert house.engine.resume(left).success or house.engine.abandon(left).success
    assert simulator.world.container(native.vmid or 0) is None
    assert house.again(native).is_tombstone


def test_n44_a_destroy_without_a_task_is_not_proved_by_one_look(house: House, simulator: Simulator) -> None:
    """A guest that moves is in no list for a moment. Only of a destroy whose task is known is one look enough."""
    native = house.native("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=False)
    vmid = native.vmid or 0
    simulator.world.destroy_outside(vmid)
    when(simulator, asked("GET", "/cluster/nextid"), lambda: simulator.world.restore(vmid))

    assert house.engine.abandon(left).success

    now = house.again(native)
    assert (now.is_tombstone, now.state, now.ports) == (False, State.STOPPED, native.ports)


def test_n44_a_destroy_whose_end_is_not_known_is_not_proved_by_one_look(house: House, simulator: Simulator) -> None:
    native = house.native("web1", start=False, port=80)
    vmid = native.vmid or 0
    simulator.world.fail_next_task("vzdestroy", vmid, "unexpected status")
    when(simulator, asked("DELETE", f"/lxc/{vmid}"), lambda: simulator.world.destroy_outside(vmid))
    plan = planned(house, native)
    simulator.faults.answer(500, "try again", "/cluster/nextid")
    left = house.impatient(settle_timeout=0.2).delete(plan, native)
    assert isinstance(left, Resumable), left
    assert left.operation is not None
    simulator.faults.clear()
    when(simulator, asked("GET", "/cluster/nextid"), lambda: simulator.world.restore(vmid))

    assert house.engine.abandon(left.operation.id).success

    now = house.again(native)
    assert (now.is_tombstone, now.state, now.ports) == (False, State.STOPPED, native.ports)


def test_n44_a_destroy_without_a_task_whose_guest_stays_away_ends_as_gone(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=False)
    simulator.world.destroy_outside(native.vmid or 0)
    simulator.journal.clear()

    assert house.engine.abandon(left).success

    looks = [entry for entry in simulator.journal.entries() if entry.path == "/cluster/nextid"]
    assert (house.again(native).is_tombstone, len(looks)) == (True, 2)


def test_n44_what_our_destroy_removed_is_gone_although_its_node_left_the_cluster(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1", port=80)
    plan = planned(house, native)
    simulator.faults.answer(500, "try again", "/cluster/nextid")
    left = house.impatient(settle_timeout=0.2).delete(plan, house.again(native))
    assert isinstance(left, Resumable), left
    assert left.operation is not None
    simulator.faults.clear()
    simulator.faults.rewrite(without_node("pve1"), "/cluster/resources")

    assert house.impatient(settle_timeout=0.2).abandon(left.operation.id).success

    assert house.again(native).closed_reason == "destroyed by us"
    assert public_ports.used() == frozenset()


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
    adopted = house.adopted(native.vmid or 0)

    assert operations.get(left.id).status is OperationStatus.ABANDONED
    assert house.engine.mark_interrupted() == ()
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
    assert house.engine.mark_interrupted() == ()
    assert house.destroys() == []
    assert house.adopted(native.vmid).kind is Kind.ADOPTED


@pytest.mark.parametrize("how", ["resume", "abandon"])
@both_databases
def test_a_creation_that_was_parked_before_its_write_can_be_ended(
    house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1"))
    assert isinstance(plan, Plan)
    with monkeypatch.context() as patch:
        patch.setattr(last_inspection, "permit_create", _knows_nothing)
        assert isinstance(house.engine.create(plan), Resumable)
    (left,) = house.engine.mark_interrupted()
    if how == "resume":
        assert house.engine.resume(left.id).success
        return
    # Not even a look is needed: nothing was ever asked.
    simulator.faults.answer(595, "no route to host")
    assert house.engine.abandon(left.id).success
    assert (records.active(), operations.get(left.id).status) == ((), OperationStatus.ABANDONED)


def test_an_abandon_that_takes_long_is_not_taken_for_one_of_a_dead_process(house: House, simulator: Simulator) -> None:
    """A slow cluster takes longer for one inspection than a heartbeat counts as young."""
    native = house.native("web1")
    left = die_while_deleting(house, planned(house, native), native, "shutdown", after=False)
    beaten = []

    def beats_meanwhile() -> None:
        first = operations.get(left).heartbeat_at
        until(lambda: operations.get(left).heartbeat_at > first)
        beaten.append(left)

    when(simulator, asked("GET", "/config"), beats_meanwhile)
    assert house.engine.abandon(left).success
    assert beaten == [left]
    assert operations.get(left).status is OperationStatus.ABANDONED


def _knows_nothing(*_: object) -> None:
    raise Interrupted("no route to host")


def test_n9_a_destroy_that_never_arrived_is_sent_again_only_by_an_explicit_word(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    impatient = house.hands(lost_answer=0.1)
    plan = planned(house, native)
    simulator.faults.drop(f"/lxc/{native.vmid}$", method="DELETE", times=1)
    result = impatient.delete(plan, native)
    assert isinstance(result, Resumable)
    told = "sent to Proxmox: shut down (done) and destroy (no answer is known: it may have been carried out)"
    assert told in str(result.error)
    assert simulator.world.container(native.vmid or 0) is not None
    (left,) = house.engine.mark_interrupted()

    shown = house.engine.plan_resume(left.id)
    assert isinstance(shown, Plan)
    assert "a second destroy is not sent (that takes --destroy-again)" in shown.steps[0].reason
    parked = house.engine.resume(left.id, left)
    assert isinstance(parked, Resumable)
    assert f"operations resume {left.id} --destroy-again --confirm web1" in str(parked.error)
    assert len(house.destroys()) == 1, "looking again and again sends nothing"

    assert refusal_of(house.engine.resume(left.id, left, destroy_again=True)).code == "changed", "it went on since"
    again = house.engine.plan_resume(left.id, destroy_again=True)
    assert isinstance(again, Plan)
    assert "SECOND time" in again.steps[0].reason
    assert house.engine.resume(left.id, destroy_again=True).success
    assert simulator.world.container(native.vmid or 0) is None
    assert sum(":vzdestroy:" in task.upid for task in house.clients["lab"].find_tasks("pve1", native.vmid)) == 1


def test_only_a_destroy_without_an_answer_can_be_sent_again(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    simulator.faults.drop("/status/stop$", method="POST", times=1)
    plan = house.engine.plan_power(native, Action.STOP)
    assert isinstance(plan, Plan)
    assert isinstance(house.hands(lost_answer=0.1).carry_out(plan, native), Resumable)
    (left,) = house.engine.mark_interrupted()
    refused = house.engine.plan_resume(left.id, destroy_again=True)
    assert isinstance(refused, Refusal)
    assert refused.code == "invalid"


def test_n9_a_failure_that_was_not_recorded_to_its_end_sends_no_second_destroy(
    house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost destroy is resumed while the container is locked, so nothing is sent; and that process dies, too."""
    native = house.native("web1")
    simulator.faults.drop(f"/lxc/{native.vmid}$", method="DELETE", times=1)
    assert isinstance(house.hands(lost_answer=0.1).delete(planned(house, native), native), Resumable)
    (left,) = house.engine.mark_interrupted()
    simulator.world.set_lock(native.vmid or 0, "backup")
    dying = house.hands()
    dying.owner = owner_that_died()
    with monkeypatch.context() as patch:
        patch.setattr(executor, "settle_to_observed", _dies)
        with pytest.raises(Killed):
            dying.resume(left.id)
    house.engine.mark_interrupted()
    simulator.world.set_lock(native.vmid or 0, None)

    shown = house.engine.plan_resume(left.id)
    assert isinstance(shown, Plan)
    assert "a second destroy is not sent (that takes --destroy-again)" in shown.steps[0].reason
    parked = house.engine.resume(left.id)

    assert isinstance(parked, Resumable), parked
    assert f"operations resume {left.id} --destroy-again --confirm web1" in parked.reason
    assert len(house.destroys()) == 1
    assert house.engine.resume(left.id, destroy_again=True).success


def test_a_destroy_that_was_refused_and_is_sent_again_is_not_called_unanswered(
    house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    simulator.faults.answer(500, "CT is locked (backup)", f"/lxc/{native.vmid}$", method="DELETE", times=1)
    dying = house.hands()
    dying.owner = owner_that_died()
    with monkeypatch.context() as patch:
        patch.setattr(executor, "settle_to_observed", _dies)
        with pytest.raises(Killed):
            dying.delete(plan, native)
    (left,) = house.engine.mark_interrupted()

    shown = house.engine.plan_resume(left.id)

    assert isinstance(shown, Plan)
    assert shown.steps[0].reason == left.steps[2].reason
    assert house.engine.resume(left.id).success


def _dies(*_: object) -> None:
    raise Killed


def test_law_2_a_guest_that_may_be_made_yet_is_looked_for_twice_before_it_is_said_that_it_never_was(
    house: House, simulator: Simulator
) -> None:
    left = die_while_creating(house, after=False)
    simulator.journal.clear()
    assert house.engine.abandon(left.id).success
    assert records.get(left.container or 0).closed_reason == "never created"
    assert simulator.journal.count(path_contains="/cluster/nextid") == 2
