"""The new guest of a creation: waited for until it is listed, recognised as ours, and recorded as what it is."""

from __future__ import annotations

from proximity_tui.core import store
from proximity_tui.core.engine.operations.outcome import Failed, Resumable
from proximity_tui.core.model import ClosedReason, CreateRequest, Kind, Plan
from proximity_tui.core.store.records import clinical_records, records
from proximity_tui.simulator import Simulator
from tests.support.house import TEMPLATE, House
from tests.support.timing.meddling import asked, when


def test_law_2_a_creation_that_still_runs_is_not_taken_for_one_that_never_was(database: str) -> None:
    with Simulator("empty", task_seconds=3600.0) as simulator:
        house = House({"lab": simulator}, database)
        try:
            plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1"))
            assert isinstance(plan, Plan)
            impatient = house.impatient(task_timeout=0.1, settle_timeout=0.1)
            result = impatient.create(plan)
            assert isinstance(result, Resumable)
            (left,) = house.engine.mark_interrupted()
            assert impatient.abandon(left.id).success
            (container,) = records.active()
            assert (container.kind, container.vmid) == (Kind.NATIVE, plan.vmid)
        finally:
            store.close_store()


def test_a_creation_waits_for_a_list_that_lags_behind(house: House, simulator: Simulator) -> None:
    plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1"))
    assert isinstance(plan, Plan)
    simulator.faults.partial([plan.vmid or 0], times=3)
    assert house.engine.create(plan).success


def test_law_3_what_another_guest_is_like_is_not_captured_as_ours(house: House, simulator: Simulator) -> None:
    """It comes between the look that recognises our new container and the reading of everything about it."""
    request = CreateRequest(TEMPLATE, "payroll", node="pve1")
    plan = house.engine.plan_create("lab", request)
    assert isinstance(plan, Plan)
    vmid = plan.vmid or 0
    when(simulator, asked("GET", f"/lxc/{vmid}/config"), lambda: simulator.world.recreate_outside(vmid, "intruder"))
    ended = house.engine.create(plan)
    assert isinstance(ended, Failed)
    assert "does not have our marker" in ended.reason
    assert ended.container is not None
    assert (ended.container.fingerprint, clinical_records.latest(ended.container.id)) == (None, None)
    now = house.again(ended.container)
    assert (now.name, now.closed_reason) == ("payroll", ClosedReason.NEVER_CREATED)
