"""Re-attachment: what comes back is managed again as what it was, once it was seen to be the same."""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.model import Kind, Plan, State
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from tests.support.house import House, refusal_of
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import asked, when


@both_databases
def test_n89_a_native_container_without_its_record_is_recognised(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    house.soft_delete(native)
    simulator.journal.clear()

    plan = house.engine.plan_adopt("lab", native.vmid, AdoptionRequest())
    assert isinstance(plan, Plan)
    assert any("our marker" in warning for warning in plan.warnings)
    back = house.engine.reattach(native.id)

    assert back.success, back
    assert back.container is not None
    assert (back.container.kind, back.container.state) == (Kind.NATIVE, State.RUNNING)
    assert back.container.predecessor == native.id
    assert house.wire() == []


def test_n89_nothing_becomes_native_without_our_marker(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    house.soft_delete(native)
    simulator.world.set_config(native.vmid, description="somebody else's")
    refused = refusal_of(house.engine.reattach(native.id))
    assert refused.code == "identity_unsure"
    assert house.adopted(native.vmid).kind is Kind.ADOPTED


@both_databases
def test_law_1_what_was_adopted_unread_is_never_native_again(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    house.soft_delete(native)
    simulator.faults.answer(500, "the config cannot be read", f"/lxc/{native.vmid}/config")
    adopted = house.adopt(native.vmid, without_record=True)
    assert adopted.fingerprint is None
    house.soft_delete(adopted)
    simulator.faults.clear()

    refused = refusal_of(house.engine.reattach(native.id))

    assert refused.code == "adopted"
    assert records.active() == ()


def test_law_3_who_comes_between_look_and_capture_is_not_reattached(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    assert house.soft_delete(ours).success
    when(simulator, asked("GET", "/lxc/101/config"), lambda: simulator.world.recreate_outside(101, "intruder"))
    refused = refusal_of(house.engine.reattach(ours.id))
    assert refused.code == "changed"
    assert "changed while it was read" in refused.reason
    assert records.active() == ()
