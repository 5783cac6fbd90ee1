"""Law 3: a plan is bound to what it was made from, and is void when that changed since."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest
from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.doctrine.actions.restore.recreating import RecreateRequest
from proximity_tui.core.engine.operations.outcome import Outcome, Refused
from proximity_tui.core.model import (
    Action,
    CreateRequest,
    GuestDetail,
    Plan,
    RefusalCode,
)
from proximity_tui.core.model.actions.plan import AbsenceBound
from proximity_tui.core.store.records import public_ports, records
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.actions.deleting import is_untouched, planned
from tests.support.actions.restoring import lose, plan_for
from tests.support.actions.snapshotting import rolling_back
from tests.support.house import TEMPLATE, House, refusal_of
from tests.support.records.every_action import EVERY_ACTION
from tests.support.timing.meddling import (
    asked,
    when,
)

Meddle = Callable[[Simulator, int], object]
Go = Callable[[], Outcome]

CHANGES: dict[str, tuple[Meddle, str]] = {
    "its config": (lambda simulator, vmid: simulator.world.set_config(vmid, memory=4096), "changed"),
    "its node": (lambda simulator, vmid: simulator.world.migrate(vmid, "pve2"), "changed"),
    "its status": (lambda simulator, vmid: simulator.world.set_status(vmid, "stopped"), "changed"),
    "its being there": (lambda simulator, vmid: simulator.world.destroy_outside(vmid), "changed"),
    "its identity": (lambda simulator, vmid: simulator.world.recreate_outside(vmid), "changed"),
    "its type": (lambda simulator, vmid: simulator.world.replace_by_vm(vmid), "changed"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_law_a_plan_is_void_when_the_guest_changed_since(house: House, simulator: Simulator, what: str) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    plan = planned(house, native)
    change, code = CHANGES[what]
    change(simulator, native.vmid)

    assert refusal_of(house.engine.delete(plan, native)).code == code
    assert is_untouched(house, native)
    assert public_ports.used() == {native.ports[0].public}


def test_law_a_container_that_was_started_since_the_plan_is_not_shut_down(house: House, simulator: Simulator) -> None:
    native = house.native("web1", start=False)
    assert native.vmid is not None
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    assert "stopped already" in plan.steps[0].reason
    simulator.world.set_status(native.vmid, "running")
    simulator.journal.clear()
    assert refusal_of(house.engine.delete(plan, native)).code == "changed"
    assert house.wire() == []


def test_a_look_that_was_handed_in_is_looked_at_again_before_anything_is_sent(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    old = house.engine.inspect(native)
    assert isinstance(old, GuestDetail)
    simulator.world.recreate_outside(native.vmid)
    plan = house.engine.plan_delete(native, Choice.HARD, None, old)
    assert isinstance(plan, Plan)
    simulator.journal.clear()
    assert refusal_of(house.engine.delete(plan, native)).code == "changed"
    assert house.wire() == []


def an_adoption(house: House) -> Go:
    plan = house.engine.plan_adopt("lab", 104, AdoptionRequest())
    assert isinstance(plan, Plan)
    return lambda: house.engine.adopt(plan, AdoptionRequest())


def a_stop(house: House) -> Go:
    ours = house.adopt(101)
    plan = house.engine.plan_power(ours, Action.STOP)
    assert isinstance(plan, Plan)
    return lambda: house.engine.carry_out(plan, ours)


def a_clone(house: House) -> Go:
    house.simulator.world.set_status(104, "stopped")
    source = house.adopt(104)
    plan = house.engine.plan_clone(source, CloneRequest("copy"))
    assert isinstance(plan, Plan), plan
    return lambda: house.engine.clone(plan)


def a_creation(house: House) -> Go:
    plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1"))
    assert isinstance(plan, Plan)
    return lambda: house.engine.create(plan)


def a_delete_of_what_is_back(house: House) -> Go:
    native = house.native("web1")
    assert native.vmid is not None
    with house.simulator.world.entered() as cluster:
        before = cluster.guests[native.vmid]
    house.simulator.world.destroy_outside(native.vmid)
    house.simulator.world.broadcast()
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    assert isinstance(plan.bound_to, AbsenceBound)
    with house.simulator.world.entered() as cluster:
        cluster.add_guest(before)
    house.simulator.world.broadcast()
    return lambda: house.engine.delete(plan, native)


def template_goes(simulator: Simulator) -> None:
    with simulator.world.entered() as cluster:
        for place in cluster.storages.values():
            for node in cluster.nodes:
                files = place.files_on(node)
                files[:] = [file for file in files if file.volid != TEMPLATE]


def is_taken(simulator: Simulator, vmid: int) -> None:
    simulator.world.add_container(vmid, node="pve1")


AGREED: dict[str, tuple[Callable[[House], Go], Meddle, int]] = {
    "adopt: another guest": (an_adoption, lambda simulator, vmid: simulator.world.recreate_outside(vmid), 104),
    "adopt: another config": (an_adoption, lambda simulator, vmid: simulator.world.set_config(vmid, memory=4096), 104),
    "stop: another guest": (a_stop, lambda simulator, vmid: simulator.world.recreate_outside(vmid), 101),
    "stop: another node": (a_stop, lambda simulator, vmid: simulator.world.migrate(vmid, "pve3"), 101),
    "clone: another source": (a_clone, lambda simulator, vmid: simulator.world.recreate_outside(vmid), 104),
    "clone: another config": (a_clone, lambda simulator, vmid: simulator.world.set_config(vmid, memory=4096), 104),
    "clone: its VMID is taken": (a_clone, is_taken, 100),
    "create: its VMID is taken": (a_creation, is_taken, 100),
    "create: its template is gone": (a_creation, lambda simulator, _: template_goes(simulator), 0),
    "delete: it is back": (a_delete_of_what_is_back, lambda simulator, vmid: None, 0),
}


@pytest.mark.parametrize("what", AGREED)
def test_law_5_whatever_was_agreed_to_is_void_when_it_is_not_what_was_shown(
    house: House, simulator: Simulator, what: str
) -> None:
    agree, change, vmid = AGREED[what]
    go = agree(house)
    simulator.journal.clear()
    before = records.active()
    change(simulator, vmid)

    assert refusal_of(go()).code == "changed"
    assert house.wire() == []
    assert records.active() == before


def test_a_right_that_was_lost_since_the_plan_is_no_change_of_the_config(house: House, simulator: Simulator) -> None:
    """Nobody is told that somebody changed something without having seen it (law 7)."""
    native = house.native("web1")
    plan = house.engine.plan_power(native, Action.REBOOT)
    assert isinstance(plan, Plan)
    config = asked("GET", f"/lxc/{native.vmid}/status/current")
    when(simulator, config, lambda: simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit"]}))
    refused = refusal_of(house.engine.carry_out(plan, native))
    assert refused.code != "changed"
    assert "could not be read" in refused.reason
    assert "VM.Audit" in refused.reason
    assert house.wire() == []


def test_a_snapshot_that_somebody_takes_meanwhile_voids_the_plan(house: House, simulator: Simulator) -> None:
    adopted = house.adopt(101)
    simulator.world.add_snapshot(101, "base", ago=60.0)
    plan = rolling_back(house, adopted)
    simulator.world.add_snapshot(101, "later")
    result = house.engine.carry_out(plan, adopted)
    assert isinstance(result, Refused)
    assert result.refusal.code == "changed"


def test_a_guest_that_is_there_again_is_not_restored_elsewhere_by_an_older_plan(house: House) -> None:
    web = house.adopt(101)
    house.simulator.world.destroy_outside(101)
    plan = plan_for(house, records.get(web.id), vmid=777)
    house.simulator.world.recreate_outside(101, hostname="stranger")
    house.simulator.journal.clear()
    late = house.engine.restore(plan)
    assert isinstance(late, Refused), late
    assert "CT 101 is not absent any more" in late.refusal.reason
    assert house.wire() == []


@pytest.mark.parametrize("change", ["taken", "removed", "restored"])
def test_what_changed_since_the_plan_voids_it(house: House, change: str) -> None:
    web = house.adopt(101)
    house.reconcile()
    lost = lose(house, web)
    plan = plan_for(house, lost)
    if change == "taken":
        house.simulator.world.add_container(101, hostname="quicker")
    elif change == "removed":
        with house.simulator.world.entered() as cluster:
            cluster.storages["backups"].files_on("pve1").clear()
    else:
        assert house.engine.restore(plan).success
    house.simulator.journal.clear()
    result = house.engine.restore(plan)
    assert isinstance(result, Refused), result
    assert result.refusal.code is RefusalCode.CHANGED
    assert house.wire() == []


@pytest.mark.parametrize("empty", [False, True])
def test_a_lost_container_that_came_back_at_its_vmid_is_not_made_a_second_time_elsewhere(
    house: House, simulator: Simulator, empty: bool
) -> None:
    """Both would have the same name, and the same addresses."""
    lost = lose(house, house.adopt(101))
    made_new = house.engine.plan_recreate(lost, RecreateRequest(vmid=777))
    elsewhere = made_new if empty else plan_for(house, lost, vmid=777)
    assert isinstance(elsewhere, Plan), elsewhere
    simulator.world.restore(101)
    simulator.journal.clear()

    refused = refusal_of(house.engine.create(elsewhere) if empty else house.engine.restore(elsewhere))

    assert refused.code is RefusalCode.VMID_TAKEN
    assert refused.reason.startswith("web-1 is there, at CT 101")
    assert house.wire() == []


@pytest.mark.parametrize(
    ("name", "lost", "needed"),
    [
        ("restore", {"Datastore.Allocate", "VM.Backup"}, "needs Datastore.Allocate on /storage/backups"),
        ("create", {one for one in PRIVILEGES if one.startswith("Datastore.")}, "needs Datastore.Audit or"),
    ],
)
def test_law_2_what_our_token_may_not_list_any_more_is_not_called_removed(
    house: House, simulator: Simulator, name: str, lost: set[str], needed: str
) -> None:
    ready = next(action for action in EVERY_ACTION if action.name == name).prepare(house)
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - lost})

    refusal = refusal_of(ready.execute(house.engine))

    assert refusal.code is RefusalCode.UNKNOWN_STATUS
    assert "still exists" in refusal.reason
    assert needed in refusal.reason
    assert house.wire() == []
