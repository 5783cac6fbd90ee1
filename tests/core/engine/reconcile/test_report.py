"""The report of a run: its counters, who was seen, and whether a second list would conclude more."""

from __future__ import annotations

from proximity_tui.core.engine.reconcile.report import present_ids
from proximity_tui.core.model import Container
from tests.support.house import House


def test_o10_a_manual_run_shows_every_counter(house: House) -> None:
    house.adopted(101)
    report = house.reconcile()
    assert report.counters == {
        "total_apps": 1,
        "real_vmids_count": len(house.simulator.world.containers()),
        "orphans_found": 0,
        "expected_orphans": 0,
        "anomalous_orphans": 0,
        "orphans_purged": 0,
        "undecided": 0,
        "hidden": 0,
        "replaced": 0,
    }
    assert report.errors == ()


def test_seen_are_those_as_recorded_and_those_that_were_judged_to_be_there(
    house: House, fleet: list[Container]
) -> None:
    house.simulator.world.set_lock(102, "backup")
    house.simulator.world.destroy_outside(103)
    house.simulator.world.broadcast()
    report = house.reconcile()
    assert report.as_recorded == {fleet[0].id}
    assert present_ids(report) == {fleet[0].id, fleet[1].id}


def test_a_run_that_missed_a_container_says_that_a_second_list_would_conclude_more(
    house: House, fleet: list[Container]
) -> None:
    assert not house.reconcile().waiting
    house.simulator.world.destroy_outside(103)
    assert house.reconcile().waiting
    assert not house.reconcile().waiting, "that was the second list"
