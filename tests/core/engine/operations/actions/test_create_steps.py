"""A creation that is cut short, lags behind, gets no port or fails: ours is kept, and what never was is closed."""

from __future__ import annotations

import pytest

from proximity_tui.core import store
from proximity_tui.core.engine.operations.outcome import Failed, Resumable
from proximity_tui.core.model import CreateRequest, Kind, Plan, State
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.store.records import operations, public_ports, records
from proximity_tui.simulator import Simulator
from tests.support.house import TEMPLATE, House
from tests.support.records.alerted import the_alert
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import (
    asked,
    when,
)


def test_law_2_a_read_that_fails_between_two_writes_parks_the_operation(house: House, simulator: Simulator) -> None:
    plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1", start=True))
    assert isinstance(plan, Plan)
    # The jobs of replication end the look that verifies it; what is read next is the clinical record.
    when(simulator, asked("GET", "/cluster/replication"), lambda: simulator.faults.answer(595, "no route to host"))
    simulator.journal.clear()

    result = house.engine.create(plan)

    assert isinstance(result, Resumable), result
    simulator.faults.clear()
    (left,) = house.engine.mark_interrupted()
    finished = house.engine.resume(left.id)
    assert finished.success, finished
    assert len([line for line in house.wire() if line.endswith("/lxc")]) == 1, "created once"
    (container,) = records.active()
    assert (container.kind, container.state) == (Kind.NATIVE, State.RUNNING)


@both_databases
def test_a_creation_that_gets_no_port_says_so_and_is_ours_all_the_same(simulator: Simulator, database: str) -> None:
    house = House({"lab": simulator}, database, port_pool=range(8100, 8101))
    try:
        house.adopted(101, port=80)
        native = house.create("web1", port=80)
        assert native.ports == ()
        assert "public ports" in str(native.last_error)
        assert operations.open_operations() == ()
    finally:
        store.close_store()


def test_a_creation_that_fails_leaves_no_record_to_look_after(house: House, simulator: Simulator) -> None:
    simulator.world.fail_next_task("vzcreate", None, "no space left on device")
    with pytest.raises(AssertionError, match="no space left"):
        house.create("web1", port=80)
    assert records.active() == ()
    (closed,) = records.tombstones_called("web1", None, None)
    assert closed.closed_reason == "never created"
    assert public_ports.used() == frozenset()


def test_what_was_made_and_replaced_before_it_started_is_lost_and_not_never_created(
    house: House, simulator: Simulator
) -> None:
    plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1", start=True))
    assert isinstance(plan, Plan)
    vmid = plan.vmid or 0
    when(simulator, asked("POST", "/status/start"), lambda: simulator.world.recreate_outside(vmid))

    result = house.engine.create(plan)

    assert isinstance(result, Failed), result
    (ours,) = records.active()
    assert (ours.state, ours.operation) == (State.ERROR, None)
    simulator.world.broadcast()
    assert house.reconcile().replaced == 1
    assert the_alert(AlertKind.REPLACED).vmid == vmid


def test_law_2_remains_of_what_was_created_are_not_taken_for_another_guest(house: House, simulator: Simulator) -> None:
    """What a destroy leaves has no marker, whoever it was: the record is neither failed nor closed for that."""
    plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1"))
    assert isinstance(plan, Plan)
    vmid = plan.vmid or 0

    def destroy_by_half() -> None:
        simulator.world.half_destroy(vmid)
        simulator.world.set_lock(vmid, None)

    when(simulator, asked("GET", "/cluster/replication"), destroy_by_half)

    result = house.engine.create(plan)

    assert isinstance(result, Resumable), result
    assert "its config has no root volume" in result.reason
    (left,) = house.engine.mark_interrupted()
    assert house.engine.abandon(left.id).success
    (container,) = records.active()
    assert (container.vmid, container.closed_at) == (vmid, None)
