"""The alert about drift: one for each container, and it lasts until the drift is accepted or reverted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.drift_rules import DriftRules
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import clinical_records
from tests.support.actions.drifting import look_closely, planned_acceptance
from tests.support.house import House

ALERTING = Limits(confirm_after=timedelta(0), drift=DriftRules(alert=("protection", "net*")))


def open_alerts() -> list[object]:
    return [one.evidence["changed"] for one in alerts.open_of_kind(AlertKind.DRIFT, "lab")]


def test_an_alert_about_drift_is_one_a_container_and_ends_by_itself(house: House) -> None:
    ours, other = house.adopted(101), house.adopted(102)
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
    house.engine.accept_drift(planned_acceptance(house, ours), ours, "so it shall be")
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
