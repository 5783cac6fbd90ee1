"""Jobs while clocks do what they should not: a suspend, a step back or forward, another timezone, a dead scheduler."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.model import Action, Kind, Presence, State, Status
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import records
from tests.scenarios.jobs.jobs_at_work import LONG, at_work, both_ended, ended, pulses, status_of
from tests.support.house import AheadClock, House
from tests.support.servers.databases import both_databases
from tests.support.timing.waiting import until

pytestmark = [pytest.mark.usefixtures("quick_pulse"), both_databases]


def test_n67_a_suspend_of_a_night_makes_one_run_of_each(house: House) -> None:
    with at_work(house) as jobs:
        until(lambda: both_ended(jobs, 1))
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=8), tick=True):
            until(lambda: both_ended(jobs, 2))
            pulses(jobs)
            assert (len(ended("reconciler")), len(ended("janitor"))) == (2, 2), "eight were due, and one was run"


def test_n67_what_was_missed_before_the_suspend_is_missed_for_the_first_time_after_it(house: House) -> None:
    victim = house.adopted(101)
    with at_work(house, limits=Limits(confirm_after=LONG)) as jobs:
        until(lambda: both_ended(jobs, 1))
        house.simulator.world.destroy_outside(101)
        jobs.missed("lab")
        until(lambda: house.again(victim).missing_since)
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=8), tick=True):
            until(lambda: len(ended()) >= 3)
            assert not house.again(victim).is_tombstone
            assert house.again(victim).presence is Presence.UNKNOWN
    assert alerts.all_alerts() == ()


def test_n68_a_clock_set_back_starves_nobody(house: House) -> None:
    """By APScheduler's own reckoning nothing is due for an hour, not even its sign of life."""
    with at_work(house, reconciler_interval=timedelta(seconds=0.5), janitor_interval=timedelta(seconds=0.5)) as jobs:
        until(lambda: both_ended(jobs, 2))
        with time_machine.travel(datetime.now(UTC) - timedelta(hours=1), tick=True):
            before = len(ended("reconciler")), len(ended("janitor"))
            until(lambda: both_ended(jobs, max(before) + 2))
            pulses(jobs)
            until(lambda: not status_of(jobs).stopped)


def test_n68_a_clock_set_back_between_the_two_looks_makes_the_second_one_the_first(house: House) -> None:
    """How far apart they were is not known; and the container is still told of, by the look after it."""
    victim = house.adopted(101)
    house.adopted(102)
    with at_work(house, limits=Limits(confirm_after=timedelta(seconds=1))) as jobs:
        until(lambda: both_ended(jobs, 1))
        house.simulator.world.destroy_outside(101)
        assert house.reconcile(Limits(confirm_after=LONG)).waiting
        with time_machine.travel(datetime.now(UTC) - timedelta(hours=1), tick=True):
            until(lambda: house.again(victim).is_tombstone)
    _, second, *_ = ended()
    assert (second.counters["undecided"], second.counters["orphans_purged"]) == (1, 0)


def test_n68_a_clock_set_forward_lets_the_janitor_mark_nobody(house: House) -> None:
    """The jump itself makes its run due, before any watchdog could have told it of the jump."""
    record = records.add(
        records.NewRecord(
            cluster="lab",
            vmid=300,
            node="pve1",
            name="web1",
            kind=Kind.NATIVE,
            state=State.DEPLOYING,
            seen=records.FirstSeen(status=Status.UNKNOWN),
        ),
        actor="anna@jump1",
        action=Action.CREATE,
        message="web1 begins",
    )
    with at_work(house) as jobs:
        until(lambda: both_ended(jobs, 1))
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=2), tick=True):
            until(lambda: len(ended("janitor")) >= 2)
            assert ended("janitor")[-1].outcome is JobOutcome.COMPLETE
    assert house.again(record).state is State.DEPLOYING


def test_n68_a_change_of_the_timezone_makes_nothing_due(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_work(house) as jobs:
        until(lambda: both_ended(jobs, 1))
        due = status_of(jobs).next_run
        monkeypatch.setenv("TZ", "Pacific/Kiritimati")
        time.tzset()
        try:
            pulses(jobs)
            assert (len(ended()), status_of(jobs).next_run) == (1, due)
        finally:
            monkeypatch.undo()
            time.tzset()
    assert ended()[0].started_at.utcoffset() == timedelta(0)


def test_n72_a_dead_scheduler_thread_is_shown_and_a_living_one_is_not_suspected(house: House) -> None:
    clock = AheadClock()

    def all_stopped_later() -> bool:
        """A last sign of life may have been on its way when the thread ended."""
        clock.ahead += 30.0
        return {one.stopped for one in jobs.status()} == {True}

    with at_work(house, clock=clock) as jobs:
        until(lambda: both_ended(jobs, 1))
        clock.ahead += 30.0
        until(lambda: not status_of(jobs).stopped)
        jobs.schedule._scheduler.shutdown(wait=False)
        until(all_stopped_later)
