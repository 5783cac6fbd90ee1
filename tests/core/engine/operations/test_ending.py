"""The end of an operation in our record: it becomes what is seen, and not what was wished for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proximity_tui.core.engine.operations.outcome import Failed
from proximity_tui.core.engine.operations.recovery import progress_sentence
from proximity_tui.core.engine.reconcile import janitor_run
from proximity_tui.core.model import CreateRequest, OperationStatus, Plan, State, Status
from proximity_tui.core.store import events, transaction
from proximity_tui.core.store.records import operations, records
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.gate import Entry
from tests.support.actions.deleting import is_running, planned
from tests.support.house import TEMPLATE, House
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import die_while_creating, die_while_deleting, when


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


@both_databases
def test_n43_crash_after_stopped_before_the_destroy(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=False)
    assert not is_running(simulator, native)
    told = progress_sentence(operations.get(left))
    assert told.startswith("it stopped at step 3/5 (destroy); done before: shut down; sent to Proxmox: ")

    assert house.engine.abandon(left).success
    record = house.again(native)
    assert (record.closed_at, record.state, record.status) == (None, State.STOPPED, Status.STOPPED)
    assert record.ports == native.ports
    assert "abandoned; it stopped at step 3/5 (destroy); done before: shut down" in str(record.last_error)
    assert house.destroys() == []
    assert simulator.world.container(native.vmid or 0) is not None


@pytest.mark.parametrize("resumed", [True, False])
def test_law_7_where_the_guest_is_gone_nothing_is_said_of_what_the_journal_may_have_lost(
    house: House, simulator: Simulator, resumed: bool
) -> None:
    """As after a copy of the database was put back that is older than our own destroy."""
    native = house.native("web1")
    left = die_while_deleting(house, planned(house, native), native, "shutdown", after=True)
    simulator.world.destroy_outside(native.vmid or 0, simulator.token_id)

    planned_end = house.engine.plan_resume(left) if resumed else house.engine.plan_abandon(left)
    result = house.engine.resume(left) if resumed else house.engine.abandon(left)

    assert isinstance(planned_end, Plan)
    assert result.operation is not None
    for told in (planned_end.summary, str(result.operation.error), str(house.again(native).last_error)):
        assert "; no destroy is recorded" in told
        assert "nothing was destroyed" not in told


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


@both_databases
def test_what_was_made_before_the_end_is_known_by_its_fingerprint_from_then_on(
    house: House, simulator: Simulator
) -> None:
    """By the evidence that the next step would have asked for: else each hard delete wants the VMID typed, for ever."""
    left = die_while_creating(house, after=True)
    assert house.engine.abandon(left.id).success
    made = records.get(left.container or 0)
    assert made.fingerprint is not None
    assert made.fingerprint.marker == made.marker
    assert any(line.startswith("fingerprint: fingerprint of web1") for line in house.said(made))
    assert isinstance(house.plan_hard(made), Plan)
    assert events.verify().whole


def test_law_7_what_was_made_and_is_gone_before_it_was_verified_is_not_called_never_made(
    house: House, simulator: Simulator
) -> None:
    plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1"))
    assert isinstance(plan, Plan)

    def made(entry: Entry) -> bool:
        with simulator.world.entered() as cluster:
            ended = any(one.type == "vzcreate" and one.exitstatus == "OK" for one in cluster.tasks.all)
        return ended and "/tasks" not in entry.path

    when(simulator, made, lambda: simulator.world.recreate_outside(plan.vmid or 0))
    result = house.engine.create(plan)

    assert isinstance(result, Failed), result
    assert result.container is not None
    last = house.said(result.container)[-1]
    assert "was created, and is not there any more: " in last
    assert "sent to Proxmox: create (done)" in last


def test_what_stands_at_its_vmid_without_our_marker_is_not_taken_for_what_was_made(
    house: House, simulator: Simulator
) -> None:
    left = die_while_creating(house, after=True)
    simulator.world.recreate_outside(left.vmid or 0)
    assert house.engine.abandon(left.id).success
    record = records.get(left.container or 0)
    assert (record.fingerprint, record.closed_reason) == (None, "never created")
