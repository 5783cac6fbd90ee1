"""Drift is set back by a plan of config writes, bound to what was shown; so is a config of any revision."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.operations.outcome import Done, Failed
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.core.model.actions.plan_options import ConfigChange
from proximity_tui.core.store.db.store_errors import RecordNotFound
from proximity_tui.core.store.records import clinical_records
from proximity_tui.core.store.revisions import revisions
from tests.support.actions.drifting import look_closely
from tests.support.house import House, refusal_of


def planned(house: House, container: Container, number: int | None = None, **options: Any) -> Plan:
    plan = house.engine.plan_revert(house.again(container), number, **options)
    assert isinstance(plan, Plan), plan
    return plan


def config(house: House, container: Container) -> dict[str, Any]:
    with house.simulator.world.entered() as cluster:
        return dict(cluster.guests[container.vmid or 0].conf)


def test_drift_is_set_back_in_one_write_and_what_is_left_is_said(house: House) -> None:
    ours = house.adopted(101)
    before = config(house, ours)
    moved = str(before["net0"]).replace("vmbr0", "vmbr1")
    house.simulator.world.set_config(101, net0=moved, memory=4096, features="keyctl=1,nesting=1")
    plan = planned(house, ours)
    assert plan.summary.startswith("set web-1 back to the baseline: ")
    assert "net0.bridge vmbr1 → vmbr0" in plan.summary
    assert any("features is left as it is" in warning for warning in plan.warnings)
    house.simulator.journal.clear()
    result = house.engine.carry_out(plan, house.again(ours))
    assert isinstance(result, Done), result
    assert house.wire() == ["PUT /nodes/pve1/lxc/101/config"]
    after = config(house, ours)
    assert (after["net0"], after["memory"]) == (before["net0"], before["memory"])
    assert look_closely(house, ours) == ["features"]
    assert revisions.timeline(ours.id)[-1].attribution.by == "anna@jump1"


def test_a_concurrent_change_is_met_by_a_refusal_and_nothing_is_written(house: House) -> None:
    ours = house.adopted(101)
    house.simulator.world.set_config(101, memory=4096)
    plan = planned(house, ours)
    house.simulator.world.set_config(101, cores=7)
    house.simulator.journal.clear()
    assert refusal_of(house.engine.carry_out(plan, house.again(ours))).code == "changed"
    assert house.wire() == []


def test_any_revision_can_be_set_back_and_only_the_keys_that_are_meant(house: House) -> None:
    ours = house.adopted(101)
    house.simulator.world.set_config(101, memory=4096, tags="other")
    look_closely(house, ours)
    house.engine.accept_drift(_accepted(house, ours), ours, "so it shall be")
    house.simulator.world.set_config(101, memory=8192, cores=7)
    look_closely(house, ours)
    assert [one.config["memory"] for one in revisions.timeline(ours.id)] == [2048, 4096, 8192]
    assert isinstance(house.engine.carry_out(planned(house, ours, 1, keys=["memory"]), house.again(ours)), Done)
    assert (config(house, ours)["memory"], config(house, ours)["cores"]) == (2048, 7)
    assert look_closely(house, ours) == ["cores"], "what we did ourselves is no drift"
    assert isinstance(house.engine.carry_out(planned(house, ours, 2), house.again(ours)), Done)
    assert (config(house, ours)["memory"], config(house, ours)["tags"]) == (4096, "other")
    with pytest.raises(RecordNotFound):
        house.engine.plan_revert(house.again(ours), 99)


def test_after_a_partial_failure_it_is_said_what_was_stored_and_what_not(house: House) -> None:
    """Proxmox stores a card on a bridge that is gone, fails the call, and then every later change."""
    ours = house.adopted(101)
    recorded = str(config(house, ours)["net0"])
    house.simulator.world.set_config(101, net0=recorded.replace("vmbr0", "nosuch0"))
    house.engine.accept_drift(_accepted(house, ours), ours, "a bridge that will go")
    house.simulator.world.set_config(101, net0=recorded, memory=4096)
    result = house.engine.carry_out(planned(house, ours), house.again(ours))
    assert isinstance(result, Failed), result
    assert "nosuch0" in result.reason
    assert "stored: " in result.reason


def test_another_guest_is_never_set_back(house: House) -> None:
    ours = house.adopted(101)
    house.simulator.world.recreate_outside(101)
    refused = house.engine.plan_revert(house.again(ours))
    assert isinstance(refused, Refusal)
    assert refused.code == "replaced"
    assert clinical_records.latest(ours.id) is not None


def _accepted(house: House, container: Container) -> Plan:
    plan = house.engine.plan_acceptance(house.again(container))
    assert isinstance(plan, Plan), plan
    return plan


def test_a_change_of_what_was_just_shown_reads_nothing_more_and_of_nobody_is_refused(house: House) -> None:
    ours = house.adopted(101)
    shown = house.engine.inspect(ours)
    house.simulator.journal.clear()
    changes = [ConfigChange("memory", "1024")]
    assert isinstance(house.engine.plan_change(ours, changes, lookup=shown), Plan)
    assert house.simulator.journal.entries() == []
    assert isinstance(house.engine.plan_change(ours, changes), Plan)
    assert house.simulator.journal.entries() != []
    nobody = replace(ours, vmid=None)
    assert house.engine.plan_change(nobody, changes) == refusals.no_guest_to_ask(nobody)
