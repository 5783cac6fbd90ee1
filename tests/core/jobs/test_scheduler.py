"""The clock of the jobs: what it takes for a jump of the wall clock, and what not."""

from __future__ import annotations

from datetime import datetime, timedelta

from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.base.daemon_threads import DaemonExecutor
from proximity_tui.core.jobs.scheduler import Schedule


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
