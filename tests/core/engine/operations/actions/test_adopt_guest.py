"""Informed adoption where something is in the way: what cannot be read, what vanished, who was here before."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.engine.operations.outcome import Done
from proximity_tui.core.model import Action, Plan, Refusal, State, Status
from proximity_tui.core.store import events
from proximity_tui.core.store.records import clinical_records, public_ports, records
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.world.simulated_guest import Guest
from tests.support.house import House, refusal_of
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import asked, when


def test_n79_config_endpoint_fails(house: House, simulator: Simulator) -> None:
    simulator.faults.answer(500, "the config cannot be read", "/lxc/101/config")
    refused = refusal_of(house.try_adopt(101))
    assert refused.code == "no_clinical_record"
    assert "config" in refused.reason
    assert records.active() == ()

    consented = house.try_adopt(101, without_record=True)
    assert isinstance(consented, Done)
    assert consented.detail["config_snapshot_captured"] is False
    assert consented.detail["config_keys_count"] == 0
    assert consented.container is not None
    revision = clinical_records.latest(consented.container.id)
    assert revision is not None
    assert (revision.record.config, bool(revision.record.gaps)) == (None, True)
    assert house.wire() == []


def test_n79_config_endpoint_fails_only_when_it_is_captured(house: House, simulator: Simulator) -> None:
    plan = house.engine.plan_adopt("lab", 101, AdoptionRequest())
    assert isinstance(plan, Plan)
    when(
        simulator,
        asked("GET", "/lxc/101/status/current"),
        lambda: simulator.faults.answer(500, "the config cannot be read", "/lxc/101/config"),
    )
    result = house.engine.adopt(plan, AdoptionRequest())
    refused = refusal_of(result)
    assert (refused.code, "cannot be read completely" in refused.reason) == ("no_clinical_record", True)
    assert records.active() == ()
    assert events.head()[0] == 0
    assert house.wire() == []


def test_an_adoption_costs_six_requests_and_the_config_is_the_last(house: House, simulator: Simulator) -> None:
    inventory = house.clients["lab"].guest_list()
    simulator.journal.clear()
    shown = house.engine.inspect_to_adopt("lab", 101, inventory)
    plan = house.engine.plan_adopt("lab", 101, AdoptionRequest(), shown)
    assert isinstance(plan, Plan)
    assert house.engine.adopt(plan, AdoptionRequest()).success
    asked_for = [entry.path.partition("/lxc/101/")[2] for entry in simulator.journal.entries()]
    assert asked_for == ["status/current", "config", "status/current", "snapshot", "interfaces", "config"]


def test_a_guest_that_moved_since_the_plan_is_adopted_where_it_is(house: House, simulator: Simulator) -> None:
    plan = house.engine.plan_adopt("lab", 101, AdoptionRequest())
    assert isinstance(plan, Plan)
    simulator.world.migrate(101, "pve2")
    simulator.world.broadcast()
    adopted = house.engine.adopt(plan, AdoptionRequest()).container
    assert adopted is not None
    assert adopted.node == "pve2"


def test_n80_one_of_three_is_destroyed_between_selection_and_consent(house: House, simulator: Simulator) -> None:
    wish = AdoptionRequest(80)
    plans = [house.engine.plan_adopt("lab", vmid, wish) for vmid in (101, 102, 103)]
    simulator.world.destroy_outside(102)
    results = [house.engine.adopt(plan, wish) for plan in plans if isinstance(plan, Plan)]
    assert [result.success for result in results] == [True, False, True]
    assert refusal_of(results[1]).code == "not_found"
    assert [one.vmid for one in records.active()] == [101, 103]
    assert len(public_ports.used()) == 2, "what failed left no port behind"


def test_n80_what_cannot_be_seen_is_not_said_to_be_missing(house: House, simulator: Simulator) -> None:
    simulator.world.set_node_online("pve2", False)
    simulator.world.broadcast()
    simulator.faults.answer(595, "no route to host", "/nodes/pve2")
    for vmid in (102, 111):
        assert refusal_of(house.try_adopt(vmid)).code == "unknown_status"
    assert records.active() == ()


class Freezing(Guest):
    """A container in a state that few have ever seen."""

    @property
    def status(self) -> str:
        return "freezing"


def test_n83_a_status_that_is_neither_running_nor_stopped(house: House, simulator: Simulator) -> None:
    with simulator.world.entered() as cluster:
        cluster.guests[101].__class__ = Freezing
    result = house.try_adopt(101)

    assert isinstance(result, Done)
    assert result.container is not None
    assert result.detail["status_at_adoption"] == "freezing"
    revision = clinical_records.latest(result.container.id)
    assert revision is not None
    assert revision.record.raw_status == "freezing", "word for word"
    adopted = result.container
    assert (adopted.status, adopted.state) == (Status.UNKNOWN, State.ERROR), "and never as stopped"
    assert "freezing" in str(adopted.last_error)
    assert refusal_of(house.power(adopted, Action.STOP)).code == "unknown_status"
    assert house.wire() == []


@both_databases
def test_n88_adopted_again_after_it_was_forgotten(house: House) -> None:
    first = house.adopt(101, port=80)
    house.soft_delete(first)
    plan = house.engine.plan_adopt("lab", 101, AdoptionRequest())
    assert isinstance(plan, Plan)
    assert any("we managed CT 101 before" in warning for warning in plan.warnings)

    second = house.adopt(101)

    assert second.id != first.id
    assert second.predecessor == first.id
    assert house.again(first).is_tombstone
    assert len(house.said(first)) == 3, "its history can still be read"
    assert clinical_records.latest(first.id) is not None


def test_adoption_reads_a_locked_container_and_says_so(house: House) -> None:
    plan = house.engine.plan_adopt("lab", 134, AdoptionRequest())
    assert isinstance(plan, Plan)
    assert any("locked (backup)" in warning for warning in plan.warnings)
    assert house.adopt(134).lock == "backup"


@pytest.mark.parametrize("lock", ["create", "destroyed", "rollback"])
def test_what_is_being_made_or_unmade_is_not_adopted(house: House, simulator: Simulator, lock: str) -> None:
    simulator.world.set_lock(101, lock)
    refused = house.engine.plan_adopt("lab", 101, AdoptionRequest())
    assert isinstance(refused, Refusal)
    assert (refused.code, lock in refused.reason) == ("locked", True)


def test_a_virtual_machine_is_not_adopted(house: House) -> None:
    assert refusal_of(house.try_adopt(200)).code == "not_a_container"
    assert records.active() == ()


def test_a_stranger_that_took_the_vmid_while_it_was_read_is_not_adopted_under_the_old_name(
    house: House, simulator: Simulator
) -> None:
    plan = house.engine.plan_adopt("lab", 101, AdoptionRequest())
    assert isinstance(plan, Plan)
    when(
        simulator,
        asked("GET", "/lxc/101/status/current"),
        lambda: simulator.world.recreate_outside(101, hostname="stranger"),
    )
    result = house.engine.adopt(plan, AdoptionRequest())
    assert refusal_of(result).code == "changed"
    assert records.active() == ()
