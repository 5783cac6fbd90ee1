"""Sentry as a target: one event for each red alert, from the outbox of events."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from proximity_tui.core.alerting.attempt import Attempts, NotTaken
from proximity_tui.core.alerting.sentry_event import event_of
from proximity_tui.core.alerting.target import CannotConnect, Claim
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.alert import Alert
from proximity_tui.core.store.alerts import alerts

if TYPE_CHECKING:
    from proximity_tui.core.alerting.sentry import SentryClient


@value_object
class SentryProject:
    """A project of Sentry as it is used: its DSN, and what its events say of where they come from."""

    dsn: Secret
    environment: str = "production"
    include_hostname: bool = False


class SentryTarget:
    """Sentry, at the DSN of a project."""

    label = "Sentry"

    def __init__(self, project: SentryProject, owner: str, *, timeout: float) -> None:
        self._project = project
        self._owner = owner
        self._timeout = timeout
        self._client: SentryClient | None = None
        self._attempts = Attempts(self.label)

    def connect(self) -> None:
        """Make the client. Raises `CannotConnect`."""
        from proximity_tui.core.alerting.sentry import SentryClient, WrongDsn

        try:
            self._client = SentryClient(
                self._project.dsn.reveal(),
                environment=self._project.environment,
                include_hostname=self._project.include_hostname,
                timeout=self._timeout,
            )
        except WrongDsn as error:
            raise CannotConnect(str(error)) from error

    def pending(self) -> tuple[Alert, ...]:
        """Return the alerts whose event may be sent now."""
        return alerts.pending_notifications()

    def claim(self, alert: Alert) -> Claim | None:
        """Claim the event of an alert."""
        claimed = alerts.claim_notification(alert.id, self._owner)
        return None if claimed is None else Claim(claimed, claimed.delivery.attempts)

    def send(self, claim: Claim) -> NotTaken | None:
        """Send the event; return None when it was taken, else why not. One that was sent before has the same id, so
        Sentry drops it.
        """
        client, event = self._client, event_of(claim.alert)
        assert client is not None

        def send() -> NotTaken | None:
            refusal = client.send(event)
            return None if refusal is None else NotTaken(refusal)

        return self._attempts.make(send)

    def delivered(self, claim: Claim) -> None:
        """Record that Sentry has the event."""
        alerts.delivered(claim.alert.id, claim.alert.delivery.event_id or "")

    def failed(self, claim: Claim, why: NotTaken, retry_at: datetime) -> None:
        """Record why Sentry did not take it."""
        alerts.failed(claim.alert.id, why.reason, retry_at, token=self._owner)

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
