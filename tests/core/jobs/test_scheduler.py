"""The clock of the jobs: what it takes for a jump of the wall clock, and what not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any

from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.base.daemon_threads import DaemonExecutor
from proximity_tui.core.jobs.scheduler import Schedule
from tests.support.timing.waiting import LONGEST, until

ALREADY_DUE = datetime.min.replace(tzinfo=UTC)


class HeldUp(SystemClock):
    """A clock of a busy machine: once it is read, three seconds may pass before anything else is."""

    passed = 0.0
    is_held_up = False

    def now(self) -> datetime:
        read = super().now() + timedelta(seconds=self.passed)
        if self.is_held_up:
            self.is_held_up = False
            self.passed += 3.0
        return read

    def monotonic(self) -> float:
        return super().monotonic() + self.passed


def test_seconds_that_pass_between_two_clocks_are_no_jump() -> None:
    clock = HeldUp()
    schedule = Schedule(clock, DaemonExecutor("jobs", 1))
    schedule.every("job", 3600.0, lambda: None)
    schedule.start()
    try:
        due = schedule.next_run("job")
        clock.is_held_up = True
        schedule._notice_a_jump()
        assert due is not None
        assert schedule.next_run("job") == due
    finally:
        schedule.stop()


def test_what_a_long_suspend_missed_is_one_run_however_long_it_was() -> None:
    schedule = Schedule(SystemClock(), DaemonExecutor("jobs", 1))
    schedule.every("job", 30.0, lambda: None)
    schedule.start()
    try:
        job = schedule._scheduler.get_job("job")
        first = job.next_run_time
        asleep = first + timedelta(days=1, seconds=12)
        last = first + timedelta(days=1)
        # APScheduler runs the last of these, once.
        assert job._get_run_times(first) == [first]
        assert job._get_run_times(asleep) == [first, last]
        assert job.trigger.get_next_fire_time(last, asleep) == last + timedelta(seconds=30)
        assert job.trigger.get_next_fire_time(first, first) == first + timedelta(seconds=30)
    finally:
        schedule.stop()


class StoppedMeanwhile(DaemonExecutor):
    """The threads of a program that ends just when a job is due."""

    def __init__(self) -> None:
        super().__init__("jobs", 1)
        self.schedule: Schedule | None = None
        self.stopper: threading.Thread | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.schedule is not None and self.stopper is None:
            stopper = threading.Thread(target=self.schedule.stop)
            stopper.start()
            # Only now: the test joins it as soon as it is there.
            self.stopper = stopper
            until(lambda: self.schedule is not None and not self.schedule._scheduler.running)
        return super().submit(fn, *args, **kwargs)


def test_a_stop_while_a_job_is_started_ends_the_thread_in_order() -> None:
    """What a thread ends with is printed on the terminal, and pytest takes it for a failure."""
    ran, threads = threading.Event(), StoppedMeanwhile()
    schedule = Schedule(SystemClock(), threads)
    schedule.start()
    threads.schedule = schedule
    schedule.once("confirm", datetime.now(UTC), ran.set)
    until(lambda: threads.stopper is not None)
    assert threads.stopper is not None
    threads.stopper.join(LONGEST)
    assert not threads.stopper.is_alive()
    assert ran.wait(LONGEST), "what was due by then is still run"


def test_jobs_that_hang_on_every_thread_are_no_dead_clock() -> None:
    """A service manager restarts a daemon whose clock is dead, which helps nobody while the database hangs."""
    hanging, over = threading.Event(), threading.Event()

    def hang() -> None:
        hanging.set()
        over.wait()

    threads = DaemonExecutor("jobs", 1)
    schedule = Schedule(SystemClock(), threads)
    schedule.start()
    try:
        threads.submit(hang)
        assert hanging.wait(LONGEST)
        before = schedule.pulse
        until(lambda: schedule.pulse > before)
        assert not over.is_set()
    finally:
        over.set()
        schedule.stop()


def test_a_run_that_asks_for_itself_at_once_is_run_again_while_it_counts_as_running() -> None:
    """A second list that is due at once would else come with the next interval."""
    schedule = Schedule(SystemClock(), DaemonExecutor("jobs", 3))
    runs: list[str] = []
    over = threading.Event()

    def run() -> None:
        runs.append("begun")
        if len(runs) < 3:
            schedule.once("confirm", datetime.now(UTC), run)
            over.wait(LONGEST)

    schedule.start()
    try:
        schedule.once("confirm", datetime.now(UTC), run)
        until(lambda: len(runs) == 3)
    finally:
        over.set()
        schedule.stop()


def test_a_job_at_intervals_is_not_run_beside_itself() -> None:
    schedule = Schedule(SystemClock(), DaemonExecutor("jobs", 2))
    runs: list[str] = []
    over = threading.Event()

    def run() -> None:
        runs.append("begun")
        over.wait(LONGEST)

    schedule.every("janitor", 3600.0, run)
    schedule.start()
    try:
        for _ in range(2):
            schedule.due("janitor", datetime.now(UTC))
            until(lambda: (schedule.next_run("janitor") or ALREADY_DUE) > datetime.now(UTC))
            until(lambda: runs)
        # There are two threads: a second run would hold the one that is left for this.
        schedule.once("other", datetime.now(UTC), lambda: runs.append("other"))
        until(lambda: "other" in runs)
        assert runs == ["begun", "other"]
    finally:
        over.set()
        schedule.stop()
