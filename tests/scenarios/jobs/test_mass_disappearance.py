"""Too many gone at once: the breaker opens, and nothing is concluded until a person says what it is."""

from __future__ import annotations

from proximity_tui.core.model import Container
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.jobs import breakers
from proximity_tui.simulator import Simulator
from tests.support.house import House
from tests.support.records.alerted import the_alert
from tests.support.servers.databases import both_databases


def fleet_of(house: House, number: int) -> list[Container]:
    """So many adopted containers, called after their number."""
    vmids = [house.simulator.world.add_container(2000 + n, hostname=f"ct-{n}") for n in range(number)]
    return [house.adopted(vmid) for vmid in vmids]


def lost(house: House, gone: int, of: int) -> list[Container]:
    """A fleet that was seen whole, and whose first `gone` somebody has destroyed since."""
    fleet = fleet_of(house, of)
    house.reconcile()
    for one in fleet[:gone]:
        house.simulator.world.destroy_outside(one.vmid or 0)
    return fleet


def found_again(house: House, containers: list[Container]) -> None:
    """They are all back, as after an outage."""
    for one in containers:
        house.simulator.world.restore(one.vmid or 0)
    house.simulator.world.broadcast()


@both_databases
def test_n56_mass_disappearance(house: House, simulator: Simulator) -> None:
    fleet = lost(house, gone=8, of=10)
    simulator.journal.clear()
    for _ in range(3):
        report = house.reconcile()
        assert (report.orphans_found, report.outcome) == (0, JobOutcome.HELD)
    alert = the_alert(AlertKind.MASS_DISAPPEARANCE)
    assert (alert.severity, alert.count) == (Severity.RED, 3)
    assert alert.message.startswith("8 of 10 in lab are missing at once: held")
    assert [one.kind for one in alerts.all_alerts()] == ["mass_disappearance"], "N96: one aggregated alert"
    assert not any(house.again(one).is_tombstone for one in fleet)
    assert house.wire() == []

    state = breakers.state("lab")
    assert state is not None
    breakers.approve("lab", "anna@jump1", "we retired the rack", seen=state.missing)
    report = house.reconcile()
    assert (report.anomalous_orphans, report.orphans_purged) == (8, 8)
    assert sum(house.again(one).is_tombstone for one in fleet) == 8
    assert alerts.get(alert.id).resolved_at is not None


def test_n56_dismissed_means_that_nobody_believes_it_until_they_are_seen_again(house: House) -> None:
    fleet = lost(house, gone=8, of=10)
    house.reconcile_twice()
    breakers.dismiss("lab", "anna@jump1", "the storage is being moved")
    for _ in range(3):
        assert house.reconcile().orphans_found == 0
    assert breakers.state("lab") is None
    found_again(house, fleet[:8])
    assert house.reconcile().undecided == 0
    house.simulator.world.destroy_outside(fleet[0].vmid or 0)
    assert house.reconcile_twice().anomalous_orphans == 1, "one that vanishes after that is a new question"


def test_n56_a_second_question_is_not_about_those_that_a_person_dismissed(house: House) -> None:
    fleet = lost(house, gone=4, of=12)
    house.reconcile_twice()
    breakers.dismiss("lab", "anna@jump1", "the storage is being moved")
    for one in fleet[4:8]:
        house.simulator.world.destroy_outside(one.vmid or 0)
    house.reconcile_twice()
    state = breakers.state("lab")
    assert state is not None
    assert (state.missing, state.message) == ({one.id for one in fleet[4:8]}, "mass disappearance: 4 of 12")
    alert = alerts.open_of_kind(AlertKind.MASS_DISAPPEARANCE, "lab")[0]
    assert (alert.evidence["missing"], alert.message[:7]) == ([one.name for one in fleet[4:8]], "4 of 12")
    found_again(house, fleet[4:8])
    assert house.reconcile().outcome is not JobOutcome.HELD
    assert breakers.state("lab") is None, "a person has answered for those that are still missing"
    assert not any(house.again(one).is_tombstone for one in fleet)


def test_n56_the_breaker_closes_by_itself_when_everything_is_back(house: House) -> None:
    fleet = lost(house, gone=5, of=6)
    house.reconcile_twice()
    found_again(house, fleet[:5])
    assert house.reconcile().outcome is JobOutcome.COMPLETE
    assert breakers.state("lab") is None
    assert alerts.open_alerts() == ()


def test_n56_the_breaker_closes_by_itself_when_nothing_is_managed_any_more_that_it_asks_about(house: House) -> None:
    fleet = lost(house, gone=4, of=6)
    house.reconcile_twice()
    found_again(house, fleet[:3])
    house.reconcile()
    assert house.soft_delete(house.again(fleet[3])).success
    assert house.reconcile().outcome is JobOutcome.COMPLETE
    assert breakers.state("lab") is None, "there is nothing left that a person could answer about"
    assert alerts.open_alerts() == ()


def test_n56_an_open_breaker_stays_open_although_fewer_are_missing_now(house: House) -> None:
    fleet = lost(house, gone=5, of=10)
    house.reconcile_twice()
    found_again(house, fleet[:3])
    report = house.reconcile_twice()
    assert (report.outcome, report.orphans_found) == (JobOutcome.HELD, 0)


def test_n56_up_to_the_limit_each_goes_its_own_way(house: House) -> None:
    lost(house, gone=3, of=10)
    report = house.reconcile_twice()
    assert (report.anomalous_orphans, report.outcome) == (3, JobOutcome.COMPLETE)
    assert len(alerts.open_of_kind(AlertKind.ANOMALOUS_ORPHAN, "lab")) == 3
