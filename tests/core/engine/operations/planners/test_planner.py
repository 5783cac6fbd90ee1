"""What stops a hard delete before anything is sent: protection, locks, templates, HA, replication, read-only."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.model import Action, Plan, Refusal
from proximity_tui.core.store import events
from proximity_tui.core.store.jobs import breakers
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from tests.support.actions.deleting import is_untouched
from tests.support.house import House, refusal_of


def test_n31_protection_on(house: House, simulator: Simulator) -> None:
    native, adopted = house.native("web1"), house.adopted(110)
    assert native.vmid is not None
    simulator.world.set_config(native.vmid, protection=True)
    simulator.journal.clear()

    refused = refusal_of(house.hard_delete(native))

    assert refused.code == "protected"
    assert f"can't remove CT {native.vmid} - protection mode enabled" in refused.reason
    assert is_untouched(house, native)
    assert house.soft_delete(adopted).success, "forgetting asks nothing of a protected container"
    protected = simulator.world.container(110)
    assert protected is not None
    assert protected.conf["protection"] == 1
    assert house.wire() == []


@pytest.mark.parametrize("lock", ["backup", "snapshot", "migrate", "mounted", "create", "destroyed"])
def test_n32_locked(house: House, simulator: Simulator, lock: str) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.set_lock(native.vmid, lock)
    simulator.journal.clear()
    refused = refusal_of(house.hard_delete(native))
    # With a lock of the last kinds the config is not the guest's own, so it cannot even be said who it is.
    assert refused.code == ("identity_unsure" if lock in ("create", "destroyed") else "locked")
    assert lock in refused.reason
    if refused.code == "locked":
        assert f"busy: {lock}; try again when the lock is gone" in refused.reason
    assert is_untouched(house, native)

    simulator.world.set_lock(native.vmid, None)
    assert house.hard_delete(native).success, "later it works"


def test_n34_template(house: House, simulator: Simulator) -> None:
    adopting = house.try_adopt(900)
    assert refusal_of(adopting).code == "template"
    native = house.native("web1", start=False)
    assert native.vmid is not None
    simulator.world.set_config(native.vmid, template=1)
    simulator.journal.clear()

    refused = refusal_of(house.hard_delete(native))
    assert (refused.code, "linked clones" in refused.reason) == ("template", True)
    assert refusal_of(house.power(native, Action.START)).code == "template"
    assert is_untouched(house, native)


def test_n35_high_availability_without_purge_is_refused_with_the_way_out(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.set_ha(native.vmid, "started")
    simulator.journal.clear()
    refused = refusal_of(house.hard_delete(native))
    assert refused.code == "ha_managed"
    assert "purge" in refused.reason
    assert is_untouched(house, native)


def test_n36_replication(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.set_replication(native.vmid, True)
    simulator.journal.clear()
    refused = refusal_of(house.hard_delete(native))
    assert refused.code == "replicated"
    assert "Please remove that first" in refused.reason
    assert is_untouched(house, native)
    assert house.hard_delete(native, purge=True).success


def test_n55_read_only(house: House, simulator: Simulator) -> None:
    native, adopted = house.create("web1", port=80), house.adopted(101)
    hard, soft = house.plan_hard(native), house.engine.plan_delete(adopted, Choice.SOFT)
    stop = house.engine.plan_power(native, Action.STOP)
    assert isinstance(hard, Plan)
    assert isinstance(soft, Plan)
    assert isinstance(stop, Plan)
    simulator.world.destroy_outside(102)
    before, trail = records.active(), events.head()
    simulator.journal.clear()
    reader = house.hands(read_only=True)

    answers = [
        reader.plan_delete(native, Choice.HARD),
        reader.plan_delete(adopted, Choice.SOFT),
        reader.plan_power(native, Action.STOP),
        refusal_of(reader.delete(hard, native)),
        refusal_of(reader.delete(soft, adopted)),
        refusal_of(reader.carry_out(stop, native)),
        refusal_of(reader.resume(1)),
        refusal_of(reader.abandon(1)),
    ]
    report = house.reconcile(dry_run=True)

    assert {answer.code for answer in answers if isinstance(answer, Refusal)} == {"read_only"}
    assert len([answer for answer in answers if isinstance(answer, Refusal)]) == len(answers)
    assert report.total_apps == 2
    assert house.wire() == []
    assert (records.active(), events.head()) == (before, trail)


def test_a_destroy_is_warned_of_while_a_mass_disappearance_waits_for_an_answer(house: House) -> None:
    native, adopted = house.native("web1"), house.adopted(110)
    before = house.engine.plan_delete(native, Choice.HARD)
    breakers.open_breaker(native.cluster, [native.id, adopted.id], 2)
    held, soft = house.engine.plan_delete(native, Choice.HARD), house.engine.plan_delete(adopted, Choice.SOFT)
    breakers.dismiss(native.cluster, "anna")
    answered = house.engine.plan_delete(native, Choice.HARD)

    assert isinstance(before, Plan)
    assert isinstance(held, Plan)
    assert isinstance(soft, Plan)
    [warning] = [one for one in held.warnings if one not in before.warnings]
    assert warning.startswith(f"2 of 2 containers of {native.cluster} are missing at once")
    assert soft.warnings == (), "it sends nothing to Proxmox"
    assert answered == before
