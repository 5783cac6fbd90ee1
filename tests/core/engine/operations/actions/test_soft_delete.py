"""A soft delete: one transaction that closes the record, and not a word to Proxmox."""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.fleet import unmanaged_rows
from proximity_tui.core.model import Plan, State
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events
from proximity_tui.core.store.records import public_ports, records
from proximity_tui.simulator import Simulator
from tests.support.house import House, refusal_of
from tests.support.servers.databases import both_databases


@both_databases
def test_o1_soft_delete(house: House, simulator: Simulator) -> None:
    adopted = house.adopted(101, port=80)
    before = simulator.world.container(101)
    simulator.journal.clear()

    result = house.soft_delete(adopted)

    assert result.success
    assert simulator.journal.entries() == [], "forgetting asks Proxmox for nothing at all"
    assert simulator.world.container(101) == before
    assert public_ports.used() == frozenset()
    assert records.active() == ()
    assert house.again(adopted).is_tombstone
    (event, *_) = events.list_events(container=adopted.id)
    assert event.message == "SOFT DELETE: Removing Proximity management (container preserved)"
    assert (event.evidence["deletion_type"], event.evidence["vmid_preserved"]) == ("soft", 101)
    assert event.evidence["ports_freed"] == [adopted.ports[0].public]
    inventory = house.clients["lab"].inventory()
    assert 101 in {row.vmid for row in unmanaged_rows({"lab": inventory}, records.active())}


def test_a_record_that_changed_since_the_plan_is_not_closed(house: House) -> None:
    ours = house.adopted(101, port=80)
    plan = house.engine.plan_delete(ours, Choice.SOFT)
    assert isinstance(plan, Plan)
    changed = records.transition(
        ours, State.STOPPED, actor="bob@jump2", action=EventAction.OBSERVE, message="somebody was here"
    )
    for shown in (ours, changed):
        assert refusal_of(house.engine.delete(plan, shown)).code == "changed"
    assert house.again(ours) == changed
    assert public_ports.used() == {ours.ports[0].public}
