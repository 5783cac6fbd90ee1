"""Missed once is not gone: the clock starts at the first look, and whoever is seen before the second was never away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from proximity_tui.core.doctrine.reconciliation.verdict import Limits, VerdictReason
from proximity_tui.core.model import Presence, Status
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import records
from proximity_tui.core.store.records.records import StatusUpdate
from tests.support.house import QUICK, House
from tests.support.servers.databases import both_databases
from tests.support.timing.lived import after_living
from tests.support.timing.meddling import asked, when

CAREFUL = Limits(confirm_after=timedelta(hours=1))
"""Limits under which no second list of a test comes late enough to conclude."""


def test_o4_the_first_look_only_starts_the_clock_and_the_row_says_for_how_long(house: House) -> None:
    victim = house.adopted(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    for _ in range(5):
        report = house.reconcile(CAREFUL)
        assert report.orphans_found == 0
    (verdict,) = report.verdicts
    assert verdict.decided_by is VerdictReason.SECOND_LIST
    assert verdict.reason.startswith("missing? confirming in ")
    assert house.again(victim).presence is Presence.UNKNOWN
    assert alerts.all_alerts() == ()


def test_what_is_back_before_the_second_list_is_missing_for_the_first_time_again(house: House) -> None:
    survivor = house.adopted(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    assert house.reconcile(CAREFUL).waiting
    house.simulator.world.restore(101)
    house.simulator.world.broadcast()
    report = house.reconcile()
    assert report.orphans_found == 0
    now = house.again(survivor)
    assert (now.presence, now.missing_since) == (Presence.PRESENT, None)
    house.simulator.world.destroy_outside(101)
    assert house.reconcile().orphans_found == 0, "missing for the first time again"


def test_a_guest_that_was_seen_between_the_looks_is_missed_for_the_first_time(house: House) -> None:
    """Somebody's older reading wrote the first miss back after the guest had been seen."""
    survivor = house.adopted(101)
    house.simulator.world.destroy_outside(101)
    house.reconcile()
    first = house.again(survivor).missing_since
    house.simulator.world.restore(101)
    house.poller()
    assert house.again(survivor).presence is Presence.PRESENT
    stale = StatusUpdate(survivor.id, Status.RUNNING, Presence.UNKNOWN, "an older reading", missing_since=first)
    records.observe([stale])
    house.simulator.world.destroy_outside(101)
    assert house.reconcile().orphans_found == 0
    assert house.reconcile().orphans_found == 1


def test_a_guest_that_is_seen_while_evidence_is_gathered_is_not_buried(house: House) -> None:
    survivor = house.adopted(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.reconcile()

    def come_back() -> None:
        house.simulator.world.restore(101)
        house.poller()

    when(house.simulator, asked("GET", "/nodes/pve1/tasks"), come_back)
    report = house.reconcile()
    assert report.orphans_purged == 0
    assert not house.again(survivor).is_tombstone
    assert alerts.all_alerts() == ()


def test_n57_all_gone_of_a_small_fleet_waits_longer_and_then_goes_the_normal_way(house: House) -> None:
    only = house.adopted(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    report = house.reconcile(CAREFUL)
    (verdict,) = report.verdicts
    assert verdict.confirm_at is not None
    assert verdict.missing_since is not None
    assert verdict.confirm_at - verdict.missing_since == 2 * CAREFUL.confirm_after
    assert house.reconcile(QUICK).anomalous_orphans == 1
    assert house.again(only).is_tombstone


@pytest.mark.parametrize("hours", [2, -2], ids=["forward", "back"])
@both_databases
def test_a_clock_that_was_set_between_two_looks_makes_the_second_one_the_first(house: House, hours: int) -> None:
    """Whoever runs `reconcile` twice by hand has no process that could have noticed the jump."""
    ours = house.adopted(101)
    house.adopted(102)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    assert house.reconcile(CAREFUL).waiting
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours), tick=True):
        assert house.reconcile(CAREFUL).orphans_found == 0
        with after_living(CAREFUL.confirm_after):
            assert house.reconcile(CAREFUL).orphans_found == 1
    assert house.again(ours).is_tombstone


def test_a_record_whose_clock_went_back_is_looked_at_afresh(house: House) -> None:
    """Its first miss lies in the future: no subtraction of times proves anything then."""
    ours = house.adopted(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    future = house.clock.now() + timedelta(hours=1)
    records.observe([StatusUpdate(ours.id, Status.RUNNING, Presence.UNKNOWN, "missing?", missing_since=future)])
    assert house.reconcile().orphans_found == 0
    assert house.reconcile().orphans_found == 1
