"""Accepting drift is bound to what was shown; an alert about drift lasts until it is accepted or reverted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.engine.operations.outcome import Done
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.drift_rules import DriftRules
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import clinical_records
from tests.scenarios.drift.test_drift import LeapingClock, clock, house_clock, look_closely
from tests.support.databases import both_databases
from tests.support.house import House, refusal_of

__all__ = ["clock", "house_clock"]

ALERTING = Limits(confirm_after=timedelta(0), drift=DriftRules(alert=("protection", "net*")))


def planned(house: House, container: Container) -> Plan:
    plan = house.engine.plan_acceptance(house.again(container))
    assert isinstance(plan, Plan), plan
    return plan


def open_alerts() -> list[object]:
    return [one.evidence["changed"] for one in alerts.open_of_kind(AlertKind.DRIFT, "lab")]


@both_databases
def test_only_what_was_shown_is_accepted(house: House, clock: LeapingClock) -> None:
    ours = house.adopt(101)
    house.simulator.world.set_config(101, nameserver="9.9.9.9")
    plan = planned(house, ours)
    house.simulator.world.set_config(101, nameserver="8.8.8.8")
    house.simulator.journal.clear()
    refused = refusal_of(house.engine.accept_drift(plan, ours, "our name server"))
    assert refused.code == "changed"
    assert (recorded := clinical_records.latest(ours.id)) is not None
    assert (recorded.revision, "nameserver" in (recorded.record.config or {})) == (1, False)
    assert isinstance(house.engine.accept_drift(planned(house, ours), ours, "our name server"), Done)
    assert house.wire() == [], "nothing is changed at Proxmox"
    assert look_closely(house, ours) == []
    assert (
        house.said(ours)[-1]
        == "accept-drift: accepted the config of web-1 (adopted, CT 101 on pve1) as its baseline: our name server"
    )


def test_another_guest_is_never_accepted(house: House, clock: LeapingClock) -> None:
    ours = house.adopt(101)
    house.simulator.world.recreate_outside(101)
    refused = house.engine.plan_acceptance(house.again(ours))
    assert isinstance(refused, Refusal)
    assert refused.code == "replaced"
    read_only = house.hands(read_only=True).plan_acceptance(ours)
    assert isinstance(read_only, Refusal)
    assert read_only.code == "read_only"


def test_an_alert_about_drift_is_one_a_container_and_ends_by_itself(house: House, clock: LeapingClock) -> None:
    ours, other = house.adopt(101), house.adopt(102)
    house.simulator.world.set_config(101, protection=1, memory=4096)
    house.simulator.world.set_config(102, memory=4096)
    look_closely(house, ours)
    look_closely(house, other)
    house.reconcile(replace(ALERTING, drift=DriftRules()))
    assert open_alerts() == []
    house.reconcile(ALERTING)
    house.reconcile(ALERTING)
    (alert,) = alerts.open_of_kind(AlertKind.DRIFT, "lab")
    assert (alert.container, alert.severity, alert.count) == (ours.id, "amber", 1)
    assert alert.message == "web-1  CT 101: protection differs from the baseline"
    recorded = clinical_records.latest(ours.id)
    assert recorded is not None
    network = str((recorded.record.config or {})["net0"])
    house.simulator.world.set_config(101, net0=network.replace("vmbr0", "vmbr7"))
    look_closely(house, ours)
    house.reconcile(ALERTING)
    assert open_alerts() == [["net0.bridge", "protection"]]
    house.engine.accept_drift(planned(house, ours), ours, "so it shall be")
    assert open_alerts() == []
    assert alerts.for_container(ours.id)[0].resolution == "accepted"
    house.simulator.world.set_config(101, protection=0)
    look_closely(house, ours)
    house.reconcile(ALERTING)
    assert open_alerts() == [["protection"]]
    house.simulator.world.set_config(101, protection=1)
    look_closely(house, ours)
    house.reconcile(ALERTING)
    assert open_alerts() == [], "it was reverted"
