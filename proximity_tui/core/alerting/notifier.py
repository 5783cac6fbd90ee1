"""The notifier: it delivers alerts to Sentry, each exactly once, from an outbox in the database on one daemon thread.

The alert is on every screen whether or not this works. Nothing but this thread ever waits for Sentry.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from proximity_tui.core.alerting.sentry_event import event_of
from proximity_tui.core.base.secret import Secret, redact
from proximity_tui.core.model.alert import Alert
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.fields import now

if TYPE_CHECKING:
    from proximity_tui.core.alerting.sentry import SentryClient

POLL = 30.0
"""Seconds between two looks at the outbox when nobody wants one: other processes raise alerts as well."""

TIMEOUT = 5.0
"""Seconds that Sentry has to answer."""

RETRY = timedelta(seconds=30)
_LONGEST_RETRY = timedelta(hours=1)

_log = logging.getLogger(__name__)


class Notifier:
    """The thread that delivers. Without a DSN no thread exists, and every method returns at once.

    `owner` is this process (`host:pid:random`). `may_send` returns whether this process may send an alert, which is
    when it holds the lease of its cluster; even without it no alert is sent twice, because it is claimed first.
    """

    def __init__(
        self,
        dsn: Secret | None,
        *,
        owner: str,
        environment: str = "production",
        include_hostname: bool = False,
        may_send: Callable[[Alert], bool] = lambda alert: True,
        poll: float = POLL,
        timeout: float = TIMEOUT,
        retry: timedelta = RETRY,
    ) -> None:
        self._dsn = dsn
        self._owner = owner
        self._environment = environment
        self._include_hostname = include_hostname
        self._may_send = may_send
        self._poll = poll
        self._timeout = timeout
        self._retry = retry
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.problem: str | None = None
        """Why the last attempt failed, for a person; None while all is well."""

    def start(self) -> None:
        """Start to deliver, beginning with the alerts that earlier processes left in the outbox."""
        if self._dsn is not None and self._thread is None:
            self._thread = threading.Thread(target=self._run, args=(self._dsn,), name="notifier", daemon=True)
            self._thread.start()

    def want(self) -> None:
        """Wake the thread because an alert was raised. Returns at once, from any thread."""
        self._wanted.set()

    def stop(self, timeout: float = 1.5) -> None:
        """End the thread, and wait for it at most `timeout` seconds. Undelivered alerts stay in the outbox."""
        self._stopping.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self, dsn: Secret) -> None:
        # Imported here, because it costs a tenth of a second that no screen should wait for.
        from proximity_tui.core.alerting.sentry import SentryClient, WrongDsn

        try:
            client = SentryClient(
                dsn.reveal(),
                environment=self._environment,
                include_hostname=self._include_hostname,
                timeout=self._timeout,
            )
        except WrongDsn as error:
            self.problem = str(error)
            _log.error("alerts are not sent to Sentry: %s", error)
            return
        while not self._stopping.is_set():
            self._wanted.clear()
            try:
                self._empty(client)
            except Exception as error:
                # Not only `StoreError`: a program that ends closes the store under this thread in mid-flight.
                if not self._stopping.is_set():
                    _log.warning("the outbox of alerts could not be read: %s", redact(f"{error}"))
            self._wanted.wait(self._poll)
        client.close()

    def _empty(self, client: SentryClient) -> None:
        for alert in alerts.pending_notifications():
            if self._stopping.is_set():
                return
            if self._may_send(alert):
                self._deliver(client, alert)

    def _deliver(self, client: SentryClient, waiting: Alert) -> None:
        alert = alerts.claim_notification(waiting.id, self._owner)
        if alert is None:
            return
        refusal = _attempt(client, alert)
        if refusal is None:
            alerts.delivered(alert.id, alert.delivery.event_id or "")
            self.problem = None
            return
        self.problem = f"Sentry did not take alert {alert.id}: {refusal}"
        wait = min(self._retry * 2 ** min(alert.delivery.attempts - 1, 10), _LONGEST_RETRY)
        alerts.failed(alert.id, refusal, now() + wait, token=self._owner)
        _log.warning("%s; trying again in %d s", self.problem, wait.total_seconds())


def _attempt(client: SentryClient, alert: Alert) -> str | None:
    try:
        return client.send(event_of(alert))
    except Exception as error:
        # Whatever is wrong with this alert, it must not end the only thread that delivers the others.
        return redact(f"{type(error).__name__}: {error}")
