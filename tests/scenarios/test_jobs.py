"""When the jobs run: on their interval, at once when something is missed, never two at a time, whatever clocks do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine

from proximity_tui.core import schedule
from proximity_tui.core.clock import SystemClock
from proximity_tui.core.doctrine.reconciliation import Limits
from proximity_tui.core.engine.watch import Watch
from proximity_tui.core.job_bodies import JobSettings
from proximity_tui.core.jobs import Jobs, JobStatus
from proximity_tui.core.model import Container, Kind, Presence, State, Status
from proximity_tui.core.signals import AlertKind, JobOutcome, JobRun
from proximity_tui.core.store import alerts, job_runs, records
from tests.support.house import QUICK, House
from tests.support.notifying import delivering, state_of
from tests.support.sentry_receiver import sentry_receiver
from tests.support.waiting import until

ME, RIVAL = "jump1:10:aa", "jump2:20:bb"
LONG = timedelta(hours=1)


class AheadClock(SystemClock):
    """The clock of a machine on which more time has passed."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


@pytest.fixture(autouse=True)
def quick_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life ten times as often, so that nobody waits for one for long."""
    monkeypatch.setattr(schedule, "PULSE", 0.2)


@contextmanager
def at_work(house: House, owner: str = ME, clock: SystemClock | None = None, **settings: Any) -> Iterator[Jobs]:
    """The jobs of one process, whose intervals are an hour unless told otherwise."""
    usual: dict[str, Any] = {
        "reconciler_interval": LONG, "janitor_interval": LONG, "limits": QUICK, "lease_ttl": timedelta(seconds=1.5),
    }  # fmt: skip
    jobs = Jobs(house.gateways, JobSettings(**{**usual, **settings}), owner, clock or house.clock, "anna@jump1")
    jobs.start()
    try:
        yield jobs
    finally:
        jobs.stop()


def ended(job: str = "reconciler") -> list[JobRun]:
    """The runs of a job that ended, the oldest first."""
    return [run for run in reversed(job_runs.recent(job, "lab", limit=1000)) if run.finished_at is not None]


def both_ended(times: int) -> bool:
    return len(ended("reconciler")) >= times and len(ended("janitor")) >= times


def status_of(jobs: Jobs, job: str = "reconciler") -> JobStatus:
    (found,) = [one for one in jobs.status() if one.job == job]
    return found


def pulses(jobs: Jobs, number: int = 3) -> None:
    """Wait until the scheduler's own thread has done everything that was due, several times over."""
    for _ in range(number):
        seen = jobs.schedule.pulse
        until(lambda: jobs.schedule.pulse != seen)  # noqa: B023


def test_both_jobs_run_at_the_start_and_then_on_their_interval(house: House) -> None:
    with at_work(house, reconciler_interval=timedelta(seconds=0.3)) as jobs:
        until(lambda: len(ended()) >= 3)
        until(lambda: ended("janitor"))
        status = status_of(jobs, "janitor")
    assert {run.trigger for run in ended()} == {"schedule"}
    assert len(ended("janitor")) == 1
    assert status.next_run is not None
    assert status.next_run > datetime.now(UTC) + timedelta(minutes=55)


def test_o10_a_run_by_hand_is_a_row_and_the_next_scheduled_one_is_not_lost(house: House) -> None:
    house.adopt(101)
    with at_work(house) as jobs:
        until(lambda: both_ended(1))
        due = status_of(jobs).next_run
        assert jobs.run_now("reconciler", "lab") == "the reconciler of lab runs now"
        assert jobs.run_now("janitor", "lab") == "the janitor of lab runs now"
        until(lambda: both_ended(2))
        assert status_of(jobs).next_run == due
    by_hand = ended()[-1]
    assert (by_hand.trigger, by_hand.run_by, by_hand.outcome) == ("manual", ME, JobOutcome.COMPLETE)
    assert set(by_hand.counters) == {
        "total_apps", "real_vmids_count", "orphans_found", "expected_orphans", "anomalous_orphans", "orphans_purged",
        "undecided", "hidden", "replaced",
    }  # fmt: skip
    assert set(ended("janitor")[-1].counters) == {"total_transitional", "stuck_found", "stuck_marked_error"}


def test_a_rogue_destroy_is_a_red_alert_soon_whatever_the_interval_is(house: House) -> None:
    """The watch misses it, the reconciler looks at once, and looks again as soon as it may conclude."""
    victim = house.adopt(101)
    house.adopt(102)
    with at_work(house, limits=Limits(confirm_after=timedelta(seconds=0.5))) as jobs:
        until(lambda: both_ended(1))
        house.simulator.journal.clear()
        house.simulator.world.destroy_outside(101, user="mallory@pve")
        assert Watch(house.gateways["lab"], 60.0, house.clock).look_once().healthy
        jobs.missed("lab")
        until(lambda: house.again(victim).is_tombstone)
        until(lambda: len(ended()) == 3)
    (alert,) = alerts.open_alerts()
    assert alert.kind == AlertKind.ANOMALOUS_ORPHAN
    assert "by mallory@pve" in alert.message
    assert [run.trigger for run in ended()] == ["schedule", "missing", "confirm"]
    assert house.wire() == []


def test_a_paused_job_runs_only_by_hand_until_it_is_resumed(house: House) -> None:
    with at_work(house, reconciler_interval=timedelta(seconds=0.3)) as jobs:
        until(lambda: ended())
        jobs.pause("reconciler", "lab", "upgrading pve2")
        until(lambda: status_of(jobs).running_since is None)
        before = len(ended())
        jobs.missed("lab")
        pulses(jobs)
        assert len(ended()) == before
        jobs.run_now("reconciler", "lab")
        until(lambda: len(ended()) == before + 1)
        jobs.resume("reconciler", "lab")
        until(lambda: len(ended()) > before + 1)


def test_n67_a_suspend_of_a_night_makes_one_run_of_each(house: House) -> None:
    with at_work(house, reconciler_interval=timedelta(minutes=1), janitor_interval=timedelta(minutes=1)) as jobs:
        until(lambda: both_ended(1))
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=8), tick=True):
            until(lambda: both_ended(2))
            pulses(jobs)
            assert (len(ended("reconciler")), len(ended("janitor"))) == (2, 2), "480 were due, and one was run"
            assert ended("janitor")[-1].outcome is JobOutcome.SKIPPED


def test_n67_what_was_missed_before_the_suspend_is_missed_for_the_first_time_after_it(house: House) -> None:
    victim = house.adopt(101)
    with at_work(house, limits=Limits(confirm_after=LONG)) as jobs:
        until(lambda: both_ended(1))
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
        until(lambda: both_ended(2))
        with time_machine.travel(datetime.now(UTC) - timedelta(hours=1), tick=True):
            before = len(ended("reconciler")), len(ended("janitor"))
            until(lambda: both_ended(max(before) + 2))
            pulses(jobs)
            assert not status_of(jobs).stopped


def test_n68_a_clock_set_forward_lets_the_janitor_mark_nobody(house: House) -> None:
    """The jump itself makes its run due, before any watchdog could have told it of the jump."""
    record = records.add(
        cluster="lab", vmid=300, node="pve1", name="web1", kind=Kind.NATIVE, state=State.DEPLOYING,
        actor="anna@jump1", action="create", message="web1 begins", status=Status.UNKNOWN,
    )  # fmt: skip
    with at_work(house):
        until(lambda: both_ended(1))
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=2), tick=True):
            until(lambda: len(ended("janitor")) >= 2)
            assert ended("janitor")[-1].outcome is JobOutcome.SKIPPED
    assert house.again(record).state is State.DEPLOYING


def test_n68_a_change_of_the_timezone_makes_nothing_due(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_work(house) as jobs:
        until(lambda: both_ended(1))
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


def test_n69_a_run_longer_than_its_interval_is_never_joined_by_another(house: House) -> None:
    slow = house.simulator.faults.latency(0.7, "/cluster/resources")
    with at_work(house, reconciler_interval=timedelta(seconds=0.2)) as jobs:
        until(lambda: status_of(jobs).running_since)
        assert jobs.run_now("reconciler", "lab") == "the reconciler of lab is already running"
        jobs.missed("lab")
        until(lambda: len(ended()) >= 3)
        house.simulator.faults.remove(slow)
    for earlier, run in pairwise(ended()):
        assert earlier.finished_at is not None
        assert earlier.finished_at <= run.started_at


def test_a_container_missed_while_the_reconciler_is_at_work_is_looked_for_once_more(house: House) -> None:
    """The run under way may have read its inventory before the container went; many misses make one more run."""
    with at_work(house) as jobs:
        until(lambda: both_ended(1) and status_of(jobs).running_since is None)
        house.simulator.faults.latency(0.3, "/cluster/resources")
        jobs.run_now("reconciler", "lab")
        until(lambda: status_of(jobs).running_since)
        for _ in range(5):
            jobs.missed("lab")
        until(lambda: len(ended()) == 3)
    assert [run.trigger for run in ended()] == ["schedule", "manual", "missing"]


def test_n70_two_processes_and_one_lease(house: House) -> None:
    with at_work(house) as mine:
        until(lambda: both_ended(1))
        with at_work(house, RIVAL) as other:
            status = status_of(other)
            assert status.holder is not None
            assert (status.holder.owner, status.mine) == (ME, False)
            assert other.run_now("reconciler", "lab") == f"the jobs of lab are run by {ME}"
            mine.stop()
            until(lambda: other.run_now("reconciler", "lab") == "the reconciler of lab runs now")
            until(lambda: any(run.run_by == RIVAL for run in ended()))
    tokens = [run.token for run in ended()]
    assert tokens == sorted(tokens, key=lambda token: token or 0)


def test_n71_a_job_that_raises_is_told_once_and_runs_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.adopt(101)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("nobody thought of this")

    with sentry_receiver() as receiver, delivering(receiver.dsn) as notifier:
        with at_work(house, reconciler_interval=timedelta(seconds=0.3)) as jobs:
            until(lambda: ended())
            with monkeypatch.context() as breaking:
                breaking.setattr(house.gateways["lab"], "inventory", broken)
                until(lambda: len([run for run in ended() if run.outcome is JobOutcome.FAILED]) >= 3)
                (alert,) = alerts.open_alerts()
                assert status_of(jobs).next_run is not None, "it is still scheduled"
            until(lambda: ended()[-1].outcome is JobOutcome.COMPLETE)
        notifier.want()
        until(lambda: state_of(alert) == "delivered")
    failed = [run for run in ended() if run.outcome is JobOutcome.FAILED]
    assert failed[0].errors[0].startswith("RuntimeError: nobody thought of this (in broken, line ")
    assert (alert.kind, alert.name) == ("job_failed", "reconciler")
    assert alert.evidence["traceback"][-1].startswith("broken (")
    assert len(receiver.events) == 1
    assert alerts.get(alert.id).resolution == "it ran again"


def test_n72_a_dead_scheduler_thread_is_shown_and_a_living_one_is_not_suspected(house: House) -> None:
    clock = AheadClock()
    with at_work(house, clock=clock) as jobs:
        until(lambda: both_ended(1))
        clock.ahead += 30.0
        until(lambda: not status_of(jobs).stopped)
        jobs.schedule._scheduler.shutdown(wait=False)
        clock.ahead += 30.0
        assert {one.stopped for one in jobs.status()} == {True}


def test_n55_read_only_jobs_observe_and_write_no_verdict(house: House) -> None:
    victim = seen_once(house, 101)
    house.simulator.world.destroy_outside(101)
    with at_work(house, read_only=True, reconciler_interval=timedelta(seconds=0.3)):
        until(lambda: len(ended()) >= 4)
    assert house.again(victim) == victim
    assert alerts.all_alerts() == ()
    assert house.wire() == []


def test_neither_job_ever_writes_to_proxmox(house: House) -> None:
    seen_once(house, 101)
    seen_once(house, 102)
    house.simulator.world.destroy_outside(101)
    house.simulator.world.recreate_outside(102)
    house.simulator.world.broadcast()
    with at_work(house, reconciler_interval=timedelta(seconds=0.2), janitor_interval=timedelta(seconds=0.2)):
        until(lambda: both_ended(4))
    assert house.wire() == []


def seen_once(house: House, vmid: int) -> Container:
    adopted = house.adopt(vmid)
    house.reconcile()
    house.simulator.journal.clear()
    return house.again(adopted)
