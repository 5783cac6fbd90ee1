"""The clock of the jobs: APScheduler, and nothing more of it. It triggers runs on a daemon thread, so that a run that
hangs in a dead connection never delays the end of the program.

It survives a suspend (a missed run happens once) and a wall clock that jumps, and it tells whether it still ticks.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from apscheduler.executors.debug import DebugExecutor
from apscheduler.executors.pool import BasePoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.daemon_threads import DaemonExecutor, spawn

PULSE = 2.0
"""Seconds between two signs of life of the scheduler's own thread."""

_PULSE_ID = "pulse"
_UNLIMITED = sys.maxsize


class Schedule:
    """The schedule of the jobs. Ages are judged by lived time, so a clock jump needs no special case there."""

    def __init__(self, clock: Clock, threads: DaemonExecutor) -> None:
        self._clock = clock
        self._stopping = threading.Event()
        self._ids: list[str] = [_PULSE_ID]
        self._offset = self._offset_now()
        self.pulse = clock.monotonic()
        """When the scheduler's own thread last gave a sign of life."""
        self._scheduler = _Scheduler(
            timezone=UTC,
            executors={"default": _DaemonThreads(threads), _PULSE_ID: DebugExecutor()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Start to tick."""
        # On the scheduler's own thread: runs that hang in a dead connection may have every other one.
        self._scheduler.add_job(self._beat, _Every(PULSE), id=_PULSE_ID, executor=_PULSE_ID)
        self._scheduler.start()
        spawn("schedule-watchdog", self._watch)

    def stop(self) -> None:
        """Stop ticking; a running job goes on. A second call does nothing."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    @property
    def ticks(self) -> bool:
        """True while the thread that starts due jobs lives."""
        return self._clock.monotonic() - self.pulse <= 5 * PULSE

    def every(self, name: str, seconds: float, function: Callable[..., object], *args: object) -> None:
        """Call `function` again and again, the first time after `seconds` unless `due` says otherwise."""
        self._ids.append(name)
        self._scheduler.add_job(function, _Every(seconds), id=name, args=args)

    def once(self, name: str, moment: datetime, function: Callable[..., object], *args: object) -> None:
        """Call `function` once at a moment; a later call with the same name replaces it. A call that has begun may ask
        for the next one, however soon that is due.
        """
        if not self._stopping.is_set():
            self._scheduler.add_job(
                function,
                "date",
                run_date=moment,
                id=name,
                args=args,
                replace_existing=True,
                # A run counts as running until its thread has told so: what it asked for by then would be skipped.
                max_instances=_UNLIMITED,
            )

    def due(self, name: str, moment: datetime) -> None:
        """Move the next run of `name` to `moment`."""
        try:
            self._scheduler.modify_job(name, next_run_time=moment)
        except JobLookupError:
            return

    def next_run(self, name: str) -> datetime | None:
        """Return the time of the next run of `name`; None while nothing ticks."""
        found = self._scheduler.get_job(name) if self._scheduler.running else None
        return found.next_run_time if found else None

    def _notice_a_jump(self) -> None:
        """Detect a wall clock that jumped: after a step back APScheduler would starve."""
        # Twice: on a busy machine seconds may pass between the two clocks of one reading.
        jumped = min((self._offset_now() - self._offset for _ in range(2)), key=abs)
        if abs(jumped) < PULSE:
            return
        self._offset += jumped
        if jumped > 0:
            # What is due by now is run by the next pulse, once; wanting it again would run it twice.
            return
        for name in self._ids:
            self.due(name, self._clock.now())

    def _watch(self) -> None:
        while not self._stopping.wait(PULSE):
            self._notice_a_jump()

    def _beat(self) -> None:
        self.pulse = self._clock.monotonic()

    def _offset_now(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()


class _Every(IntervalTrigger):  # type: ignore[misc]
    """An interval of which everything that was missed is one step. APScheduler makes a time of each: 43,200 pulses of a
    day's suspend, and no end where the clock of a host without a battery is set from 1970 to today.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds=seconds, timezone=UTC)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """Return the last time that was missed by now, else the next one."""
        if previous is not None:
            missed = int((now - previous) / self.interval)
            previous += max(0, missed - 1) * self.interval
        due: datetime | None = super().get_next_fire_time(previous, now)
        return due


class _Scheduler(BackgroundScheduler):  # type: ignore[misc]
    """APScheduler, which may be stopped while its thread starts what is due."""

    def remove_job(self, job_id: str, jobstore: str | None = None) -> None:
        """Remove a job. Raises JobLookupError where there is none, unless all are gone by now: else the thread would
        end with a traceback on the terminal.
        """
        try:
            super().remove_job(job_id, jobstore)
        except JobLookupError:
            if self.running:
                raise


class _DaemonThreads(BasePoolExecutor):  # type: ignore[misc]
    """The executor that runs APScheduler's jobs on a daemon thread."""

    def __init__(self, threads: DaemonExecutor) -> None:
        super().__init__(threads)

    def start(self, scheduler: Any, alias: str) -> None:
        """Keep the scheduler that these jobs belong to."""
        super().start(scheduler, alias)
