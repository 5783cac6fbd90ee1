"""Accepting drift is bound to what was shown, and never of another guest."""

from __future__ import annotations

from proximity_tui.core.engine.operations.outcome import Done
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.core.store import events
from proximity_tui.core.store.records import clinical_records, records
from tests.support.actions.drifting import look_closely, planned_acceptance
from tests.support.house import House, refusal_of
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import die_while_creating


@both_databases
def test_only_what_was_shown_is_accepted(house: House) -> None:
    ours = house.adopted(101)
    house.simulator.world.set_config(101, nameserver="9.9.9.9")
    plan = planned_acceptance(house, ours)
    house.simulator.world.set_config(101, nameserver="8.8.8.8")
    house.simulator.journal.clear()
    refused = refusal_of(house.engine.accept_drift(plan, ours, "our name server"))
    assert refused.code == "changed"
    assert (recorded := clinical_records.latest(ours.id)) is not None
    assert (recorded.revision, "nameserver" in (recorded.record.config or {})) == (1, False)
    assert isinstance(house.engine.accept_drift(planned_acceptance(house, ours), ours, "our name server"), Done)
    assert house.wire() == [], "nothing is changed at Proxmox"
    assert look_closely(house, ours) == []
    assert (
        house.said(ours)[-1]
        == "accept-drift: accepted the config of web-1 (adopted, CT 101 on pve1) as its baseline: our name server"
    )


def test_another_guest_is_never_accepted(house: House) -> None:
    ours = house.adopted(101)
    house.simulator.world.recreate_outside(101)
    refused = house.engine.plan_acceptance(house.again(ours))
    assert isinstance(refused, Refusal)
    assert refused.code == "replaced"
    read_only = house.hands(read_only=True).plan_acceptance(ours)
    assert isinstance(read_only, Refusal)
    assert read_only.code == "read_only"


def never_verified(house: House) -> Container:
    """A container that we made, abandoned while the cluster did not answer: its fingerprint was never recorded."""
    left = die_while_creating(house, after=True)
    house.simulator.faults.answer(595, "no route to host")
    assert house.engine.abandon(left.id).success
    house.simulator.faults.clear()
    house.reconcile()
    return records.get(left.container or 0)


def test_a_person_may_accept_what_was_never_verified_where_it_has_our_marker(house: House) -> None:
    ours = never_verified(house)
    assert isinstance(refused := house.plan_hard(ours), Refusal)
    assert refused.code == "identity_unsure"
    plan = planned_acceptance(house, ours)
    (warning,) = plan.warnings
    assert "was never recorded" in warning
    assert isinstance(house.engine.accept_drift(plan, ours, "it is the one"), Done)
    now = house.again(ours)
    assert now.fingerprint is not None
    assert f"our marker, {next(iter(now.fingerprint.hwaddrs))}" in warning
    assert clinical_records.latest(ours.id) is not None
    assert isinstance(house.plan_hard(now), Plan)
    assert events.verify().whole


def test_nobody_may_accept_it_without_our_marker(house: House) -> None:
    ours = never_verified(house)
    house.simulator.world.set_config(ours.vmid or 0, description="edited by hand")
    refused = house.engine.plan_acceptance(house.again(ours))
    assert isinstance(refused, Refusal)
    assert refused.code == "replaced"
