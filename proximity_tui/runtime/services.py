"""The services behind a screen or a daemon: polling, the jobs under their leases, and the notifier.

The TUI and the headless daemon both use it. It only connects; the core decides.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from proximity_tui.config.load import ConfigError, resolve_secret
from proximity_tui.core import store
from proximity_tui.core.alerting.notifier import Notifier
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.doctrine.observation.match_row import wants_reconciler
from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.jobs.runner import Jobs
from proximity_tui.core.jobs.status import JobStatus
from proximity_tui.core.jobs.tasks import JobSettings
from proximity_tui.core.model.alert import Alert
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import records

if TYPE_CHECKING:
    from proximity_tui.config.load import Settings
    from proximity_tui.runtime.context import AppContext

log = logging.getLogger(__name__)


TOLD_FOR = 30.0
"""Seconds for which the reconciler is not woken again for the same containers."""


class Services:
    """The background services, which run whether or not a screen is open."""

    def __init__(self, session: AppContext) -> None:
        self._session = session
        engine = session.engine
        self.jobs = Jobs(
            session.clients, job_settings(session.settings), engine.owner, engine.clock, engine.settings.actor
        )
        self.notifier = Notifier(
            _dsn(session),
            owner=engine.owner,
            may_send=self._may_send,
            environment=session.settings.sentry.environment,
            include_hostname=session.settings.sentry.include_hostname,
        )
        self.jobs.subscribe(self.notifier.want)
        self._told: dict[str, tuple[frozenset[int], float]] = {}
        for poller in session.pollers.values():
            poller.subscribe(self._looked)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Have `listener` called, on a thread of the jobs, whenever a run began or ended."""
        self.jobs.subscribe(listener)

    def start(self) -> None:
        """Start jobs and notifier, where the database may be written: a lease and a receipt are rows. The pollers are
        started by their users. Returns at once.
        """
        if not store.is_writable():
            return
        self.jobs.start()
        self.notifier.start()

    def add_cluster(self, session: AppContext) -> None:
        """Continue with a session that may have more clusters than the one before. Call it after `start`."""
        fresh = session.clients.keys() - self._session.clients.keys()
        for name in sorted(fresh):
            self.jobs.add_cluster(name, session.clients[name])
            session.pollers[name].subscribe(self._looked)
        self._session = session

    def stop(self, timeout: float = 1.0) -> None:
        """Give the leases back and stop within `timeout` seconds, whatever hangs."""
        self.jobs.stop(timeout / 2)
        self.notifier.stop(timeout / 2)

    def status(self) -> tuple[JobStatus, ...]:
        """Return the status of every job."""
        return self.jobs.status()

    def _may_send(self, alert: Alert) -> bool:
        """Return whether this process may send an alert: the holder of its cluster's lease, or any for an alert without
        a cluster.
        """
        ours = alert.cluster is not None and alert.cluster in self._session.clients
        return not ours or self.jobs.holds(str(alert.cluster))

    def _looked(self, look: PollResult) -> None:
        """Trigger the reconciler after a good poll that missed a container, or found another guest in its place.

        The same containers trigger it again only after a while: a second run would find the same.
        """
        if not look.healthy or look.inventory is None:
            return
        try:
            active = records.active(look.cluster)
        except StoreError as error:
            log.warning("could not check whether %s misses a container: %s", look.cluster, error)
            return
        odd = frozenset(one.id for one in active if wants_reconciler(one, look.inventory))
        told, until = self._told.get(look.cluster, (frozenset(), 0.0))
        now = self._session.engine.clock.monotonic()
        if odd and (not odd <= told or now >= until):
            if self.jobs.missed(look.cluster):
                self._told[look.cluster] = odd, now + TOLD_FOR
        elif not odd:
            self._told.pop(look.cluster, None)


def job_settings(settings: Settings) -> JobSettings:
    """Return the configuration of the jobs, as the core takes it."""
    return JobSettings(
        reconciler_interval=settings.reconciler.interval,
        janitor_interval=settings.janitor.interval,
        limits=limits(settings),
        thresholds=settings.janitor.limits,
        read_only=settings.read_only,
    )


def limits(settings: Settings) -> Limits:
    """Return the limits of reconciliation, as configured."""
    breaker = settings.reconciler.breaker
    return Limits(settings.reconciler.confirm_after, breaker.min, breaker.fraction)


def _dsn(session: AppContext) -> Secret | None:
    """Return the DSN, or None when there is none or it cannot be read: an alert never waits for Sentry. A demo has
    none.
    """
    dsn = session.settings.sentry.dsn
    if dsn is None:
        return None
    if session.simulated:
        log.warning("no Sentry: the database is a demo's, its alerts are SIMULATED")
        return None
    try:
        return resolve_secret(dsn)
    except ConfigError as error:
        log.warning("no Sentry: %s", error)
        return None
