"""The end of alerts about containers: by a verdict, by a closed record, by another guest, and never too early."""

from __future__ import annotations

from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.simulator import Simulator
from tests.support.house import House
from tests.support.records.alerted import the_alert
from tests.support.timing.meddling import asked, when


def test_a_container_with_an_alert_that_a_verdict_ends_is_judged(house: House) -> None:
    ours = house.adopted(101)
    alerts.raise_about(ours, AlertKind.REPLACED, Severity.RED, "another guest", {})
    report = house.reconcile()
    assert [one.container.id for one in report.verdicts] == [ours.id]
    assert not alerts.open_of_kind(AlertKind.REPLACED, "lab")


def test_an_alert_that_was_raised_during_a_run_is_left_to_the_next(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)

    def raise_alert() -> None:
        alerts.raise_about(ours, AlertKind.STALE_LOCK, Severity.AMBER, "locked", {"lock": "backup"})

    when(simulator, asked("GET", "/cluster/resources"), raise_alert)
    house.reconcile()
    assert alerts.open_of_kind(AlertKind.STALE_LOCK, "lab")
    house.reconcile()
    assert not alerts.open_of_kind(AlertKind.STALE_LOCK, "lab")


def test_the_alert_is_over_when_its_record_is_closed(house: House) -> None:
    ours = house.adopted(104)
    house.simulator.world.half_destroy(104)
    house.reconcile_twice()
    assert house.soft_delete(ours).success
    house.reconcile()
    assert the_alert(AlertKind.HALF_DESTROYED).resolution == "its record is closed"


def test_what_was_said_of_a_guest_is_over_when_another_one_has_its_vmid(house: House) -> None:
    ours = house.adopted(101)
    alerts.raise_about(ours, AlertKind.STALE_LOCK, Severity.AMBER, "locked", {"lock": "backup"})
    house.simulator.world.recreate_outside(101)
    house.simulator.world.broadcast()
    house.reconcile()
    assert the_alert(AlertKind.STALE_LOCK).resolution == "another guest has its VMID"
