"""The number of changed settings in a list: what the one inventory request shows, and what the last look found."""

from __future__ import annotations

from proximity_tui.core.engine.observe.drift_check import compare_with_record
from proximity_tui.core.engine.observe.inspection import inspect_guest
from proximity_tui.core.fleet import FleetRow, managed_rows
from proximity_tui.core.model import Action, Container, Kind, Presence, State
from proximity_tui.core.store.records import records
from proximity_tui.core.store.revisions.drifts import Drifts
from tests.support.actions.drifting import LeapingClock, clock, house_clock, look_closely, time_passes
from tests.support.house import House
from tests.support.timing.meddling import full_disk

__all__ = ["clock", "house_clock"]


def listed(house: House, known: Drifts | None = None) -> dict[str, FleetRow]:
    """The rows of a list, by name."""
    look = house.poller()
    inventories = {"lab": look.inventory} if look.inventory is not None else {}
    silent = {"lab": look.error} if look.error is not None else {}
    rows = managed_rows(records.active(), inventories, (), silent, (known or Drifts()).known())
    return {row.name: row for row in rows}


def test_what_was_just_adopted_or_created_has_no_drift(house: House, clock: LeapingClock) -> None:
    house.adopt(101)
    house.native("web1")
    assert {name: row.drift for name, row in listed(house).items()} == {"web-1": 0, "web1": 0}
    time_passes(house, clock)
    assert {name: row.drift for name, row in listed(house).items()} == {"web-1": 0, "web1": 0}


def test_a_list_notices_memory_cores_and_tags_by_its_one_request(house: House, clock: LeapingClock) -> None:
    for vmid in (101, 102, 103):
        house.adopted(vmid)
    house.simulator.world.set_config(101, memory=4096, cores=7, tags="other")
    house.simulator.world.set_config(102, nameserver="9.9.9.9")
    time_passes(house, clock)
    known = Drifts()
    known.known()
    house.simulator.journal.clear()
    drifts = {row.vmid: row.drift for row in listed(house, known).values()}
    assert drifts == {101: 3, 102: 0, 103: 0}, "of 102 only a look could know"
    asked = house.simulator.journal.count("GET", "/cluster/resources")
    assert asked == 1
    assert house.simulator.journal.count("GET", "/config") == 1, "the tags changed: that is a reason to compare"


def test_what_differs_is_told_although_it_cannot_be_remembered(house: House, clock: LeapingClock) -> None:
    ours = house.adopted(101)
    house.simulator.world.set_config(101, nameserver="9.9.9.9", memory=4096)
    time_passes(house, clock)
    with full_disk():
        assert look_closely(house, ours) == ["memory", "nameserver"]


def test_a_list_remembers_what_a_look_found(house: House, clock: LeapingClock) -> None:
    ours = house.adopted(101)
    house.simulator.world.set_config(101, nameserver="9.9.9.9", memory=4096)
    time_passes(house, clock)
    assert listed(house)["web-1"].drift == 1
    assert look_closely(house, ours) == ["memory", "nameserver"]
    time_passes(house, clock)
    assert listed(house)["web-1"].drift == 2
    house.simulator.world.set_config(101, memory=_recorded_memory(ours))
    time_passes(house, clock)
    assert listed(house)["web-1"].drift == 1, "the list sees that the memory was set back"


def test_a_look_is_believed_over_a_list_that_may_be_older(house: House, clock: LeapingClock) -> None:
    ours = house.adopted(101)
    house.simulator.world.broadcast()
    house.simulator.world.set_config(101, memory=4096)
    assert look_closely(house, ours) == ["memory"]
    assert listed(house)["web-1"].drift == 1, "the node has not told of it yet"


def test_a_read_only_look_leaves_no_trace(house: House, clock: LeapingClock) -> None:
    ours = house.adopted(101)
    house.simulator.world.set_config(101, nameserver="9.9.9.9")
    assert look_closely(house, ours, remember=False) == ["nameserver"]
    time_passes(house, clock)
    assert listed(house)["web-1"].drift == 0


def test_another_guest_at_the_vmid_is_no_drift(house: House, clock: LeapingClock) -> None:
    ours = house.adopted(101)
    house.simulator.world.recreate_outside(101)
    time_passes(house, clock)
    found = compare_with_record(house.again(ours), inspect_guest(house.clients["lab"], 101), remember=True)
    assert (found.changes, found.fields) == (None, None), "what a stranger has is no drift of ours"
    assert "CT 101 is another guest now" in str(found.not_ours)
    assert Drifts().known()[ours.id].changed == frozenset()
    (row,) = listed(house).values()
    assert (row.presence, row.drift) == (Presence.REPLACED, None)


def test_of_a_guest_that_is_not_certainly_ours_the_differences_say_why(house: House, clock: LeapingClock) -> None:
    ours = house.native("web1")
    vmid = ours.vmid or 0
    house.simulator.world.set_config(vmid, nameserver="9.9.9.9", description="nobody's")
    time_passes(house, clock)
    found = compare_with_record(house.again(ours), inspect_guest(house.clients["lab"], vmid), remember=True)
    assert found.not_ours is None
    assert {one.key for one in found.changes or ()} == {"description", "nameserver"}


def test_a_config_that_is_not_settled_is_not_compared(house: House, clock: LeapingClock) -> None:
    ours = house.native("web1")
    vmid = ours.vmid or 0
    house.simulator.world.set_config(vmid, nameserver="9.9.9.9", lock="rollback")
    time_passes(house, clock)
    found = compare_with_record(house.again(ours), inspect_guest(house.clients["lab"], vmid), remember=True)
    assert found.changes is None
    assert "the config of web1 is not settled: " in str(found.not_ours)
    assert Drifts().known()[ours.id].changed == frozenset()


def test_what_does_not_answer_has_no_number(house: House, clock: LeapingClock) -> None:
    house.adopted(101)
    house.simulator.world.set_config(101, memory=4096)
    time_passes(house, clock)
    house.simulator.world.set_node_online("pve1", False)
    assert listed(house)["web-1"].drift is None
    house.simulator.faults.truncate()
    assert listed(house)["web-1"].drift is None


def test_without_a_clinical_record_there_is_no_number(house: House, clock: LeapingClock) -> None:
    records.add(
        records.NewRecord(cluster="lab", vmid=101, node="pve1", name="web-1", kind=Kind.ADOPTED, state=State.RUNNING),
        actor="anna@jump1",
        action=Action.ADOPT,
        message="adopted web-1",
    )
    row = listed(house)["web-1"]
    assert (row.presence, row.drift) == (Presence.PRESENT, None)


def _recorded_memory(container: Container) -> int:
    memory = Drifts().known()[container.id].recorded["memory"]
    assert isinstance(memory, int)
    return memory
