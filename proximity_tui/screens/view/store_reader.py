"""The part of a view that the database keeps, read by differences: only what somebody changed is read again.

The database tells what changed, whoever wrote it. Now and then everything is read all the same and compared: that finds
what the differences lost, if they ever do. It blocks, and is used on one thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from proximity_tui.core.doctrine.guards.safemode import NO_SAFE_MODES, headline
from proximity_tui.core.fleet import Fleet, ReappearedGuests, reappeared_guests
from proximity_tui.core.model import Operation
from proximity_tui.core.model.alert import Alert
from proximity_tui.core.model.database_changes import ChangeKind, Changes
from proximity_tui.core.store import changes, safe_modes
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.alerts.alert_reads import most_severe_first
from proximity_tui.core.store.clock_readings import shared_time
from proximity_tui.core.store.database import data_version, opened
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.journal import journal, liveness
from proximity_tui.core.store.records.record_reads import check_readable, last_seen_times

if TYPE_CHECKING:
    from proximity_tui.core.jobs.status import JobStatus
    from proximity_tui.core.store.db.backend import Backend
    from proximity_tui.runtime.context import AppContext
    from proximity_tui.runtime.services import Services

log = logging.getLogger(__name__)

COMPARE_EVERY = 600.0
"""Seconds between two comparisons of everything."""

T = TypeVar("T")

_BY_ID = attrgetter("id")


class StoreReader:
    """The last content that was read of the database. Records, operations and drift go on to the fleet."""

    def __init__(self, fleet: Fleet) -> None:
        self.operations: tuple[Operation, ...] = ()
        """Those under way, of any process, and the interrupted ones."""
        self.alerts: tuple[Alert, ...] = ()
        """The open ones, red first, then the newest."""
        self.reappeared: ReappearedGuests = {}
        """What those say of guests without a record."""
        self.jobs: tuple[JobStatus, ...] = ()
        self.drift_due = False
        """Whether drift is still to be read: the first list does not wait for all clinical records."""
        self._fleet = fleet
        self._seq: int | None = None
        """The number of the last change that was taken over; None before the first reading."""
        self.safe_modes = NO_SAFE_MODES
        self._shared_ahead = timedelta(0)
        """The time by which safe modes end, ahead of the clock of this host."""
        self._jobs_alive: bool | None = None
        """Whether the clock of the jobs ticked when they were read; None when they are to be read."""
        self._compared_at = 0.0
        self._version: tuple[Backend, int] | None = None
        """The database, and its version of which everything was taken over."""
        self._seen_as_of: object = None

    @property
    def seq(self) -> int | None:
        """The number of the last change, of whatever is in the database, that was taken over."""
        return self._seq

    def jobs_changed(self) -> None:
        """Read the jobs again the next time: this process began or ended a run. Called on any thread."""
        self._jobs_alive = None

    def _changes(self, *, is_new: bool) -> Changes | None:
        """Return what changed since the last time; nothing unless the database `is_new`, None before the first time."""
        if self._seq is None:
            return None
        return changes.since(self._seq) if is_new else Changes(self._seq, {})

    def follow(self, services: Services, *, polled: bool) -> None:
        """Take over what changed since the last time. Raises StoreError; then it is taken over the next time. What was
        `polled` meanwhile is no younger than a database that cannot be read.
        """
        # Before anything is read: what is written meanwhile is then read once more, and never missed.
        version = opened(), data_version()
        is_new = version != self._version
        if polled or is_new:
            check_readable()
        now = services.context.clock.monotonic()
        found = self._changes(is_new=is_new)
        if found is None or not found.complete:
            self._read_all(services)
            self._compared_at = now
        else:
            if self.drift_due and not polled:
                self._read_drift(services)
            self._read_changed(found, services)
            if now - self._compared_at >= COMPARE_EVERY:
                self._compare(services)
                self._compared_at = now
        self._version = version

    def follow_last_seen(self) -> bool:
        """Take over when the guests were seen that no list shows right now, by any process; return whether any was."""
        remembered = self._fleet.remembered
        wanted = self._version, remembered
        if not remembered or wanted == self._seen_as_of:
            return False
        self._fleet.note_seen(last_seen_times(remembered))
        self._seen_as_of = wanted
        return True

    def safe_mode_headline(self, context: AppContext) -> str | None:
        """Return the FROZEN or ARMED text of the header; None without one."""
        found = self.safe_modes
        if not any(found):
            return None
        now = context.clock.now() + self._shared_ahead
        return headline(context.engine.settings.actor, *found, now, context.clients)

    def _read_all(self, services: Services) -> None:
        # The number first: what is written meanwhile is then read once more, and never missed.
        seq = changes.latest()
        self._read_operations(services.context)
        self._fleet.replace_containers(services.context.known.all())
        if self._seq is None:
            self.drift_due = True
        else:
            self._read_drift(services)
        self._read_alerts()
        self._read_safe_mode(services.context)
        self._read_jobs(services)
        self._seq = seq

    def _read_changed(self, found: Changes, services: Services) -> None:
        containers, drift = found.numbers(ChangeKind.CONTAINER), found.numbers(ChangeKind.DRIFT)
        if containers:
            self._fleet.update_containers(services.context.known.by_ids(containers), containers)
        if drift:
            self._fleet.update_drift(services.context.drifts.by_ids(drift), drift)
        # Whether a process still lives, and whether a freeze is over, is a matter of time: nobody writes it down.
        if self.operations or found.of(ChangeKind.OPERATION):
            self._read_operations(services.context)
        if any(self.safe_modes) or found.of(ChangeKind.SAFE_MODE):
            self._read_safe_mode(services.context)
        if alerted := found.numbers(ChangeKind.ALERT):
            self._read_alerts(alerted)
        if found.of(ChangeKind.JOB) or self._jobs_alive is not services.alive:
            self._read_jobs(services)
        self._seq = found.seq

    def _compare(self, services: Services) -> None:
        """Read everything, and say what the differences had lost: never anything, unless there is a bug."""
        found, drift = services.context.known.read_all_again(), services.context.drifts.known()
        before = {one.id: one for one in self.alerts}
        self._read_alerts()
        after = {one.id: one for one in self.alerts}
        # What is as it was is the same object.
        other = {one for one in {**before, **after} if before.get(one) is not after.get(one)}
        meanwhile = changes.since(self._seq or 0)
        other -= meanwhile.numbers(ChangeKind.ALERT)
        lost = self._fleet.replace_containers(found) - meanwhile.numbers(ChangeKind.CONTAINER)
        lost |= self._fleet.replace_drift(drift) - meanwhile.numbers(ChangeKind.DRIFT)
        if lost and meanwhile.complete:
            log.warning("the records %s had changed without a notification", ", ".join(map(str, sorted(lost))))
        if other and meanwhile.complete:
            log.warning("the alerts %s had changed without a notification", ", ".join(map(str, sorted(other))))
        if meanwhile.complete:
            self._read_changed(meanwhile, services)
        else:
            self._read_all(services)

    def _read_operations(self, context: AppContext) -> None:
        """Read the operations without an end. One that lost its process is interrupted; that is written down where this
        process may write. On a full disk it is shown all the same: what is read needs no room.
        """
        found = journal.open_operations()
        standing = liveness.without_dead_owners(found)
        if standing != found and not context.settings.read_only:
            with suppress(StoreError):
                context.engine.mark_interrupted()
                standing = journal.open_operations()
        self.operations = sharing(self.operations, standing, _BY_ID)
        self._fleet.replace_operations(self.operations)

    def _read_drift(self, services: Services) -> None:
        self._fleet.replace_drift(services.context.drifts.known())
        self.drift_due = False

    def _read_alerts(self, changed: frozenset[int] | None = None) -> None:
        """Read the open alerts: those that `changed`, or with None all."""
        if changed is None:
            now = alerts.open_alerts()
        else:
            stayed = [one for one in self.alerts if one.id not in changed]
            now = most_severe_first([*stayed, *(one for one in alerts.by_ids(changed) if one.is_open)])
        self.alerts = sharing(self.alerts, now, _BY_ID)
        found = reappeared_guests(self.alerts)
        self.reappeared = self.reappeared if self.reappeared == found else found

    def _read_safe_mode(self, context: AppContext) -> None:
        now = context.clock.now()
        moment = shared_time(now)
        self.safe_modes = safe_modes.active_freezes(moment), safe_modes.active_armings(moment)
        self._shared_ahead = moment - now

    def _read_jobs(self, services: Services) -> None:
        self._jobs_alive = services.alive
        self.jobs = sharing(self.jobs, services.status(), attrgetter("job", "cluster"))


def sharing(before: Sequence[T], now: Sequence[T], key: Callable[[T], object]) -> tuple[T, ...]:
    """Return the things as they are now; one that equals the thing of before with its key is the same object."""
    known = {key(one): one for one in before}
    return tuple(old if (old := known.get(key(thing))) == thing else thing for thing in now)
