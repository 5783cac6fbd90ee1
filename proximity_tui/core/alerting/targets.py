"""The targets of senders: Sentry, and the channels of the people on call. Each knows its outbox and its client.

What a client needs is imported when it connects, because that takes a tenth of a second and more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from proximity_tui.core.alerting.message import RUNBOOK, message_about, message_of_the_end
from proximity_tui.core.alerting.sentry_event import event_of
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.alert import Alert, AlertKind, DeliveryState, Occasion, Severity
from proximity_tui.core.model.channel_rules import ChannelRules
from proximity_tui.core.store.alerts import alerts, notifications
from proximity_tui.core.store.db.fields import now

if TYPE_CHECKING:
    from proximity_tui.core.alerting.channel_client import ChannelClient
    from proximity_tui.core.alerting.sentry import SentryClient


TOLERATED = 3
"""Attempts with one message after which a channel counts as failed: about two minutes."""
ACTOR = "notifier"


class CannotConnect(Exception):
    """Raised for a target that can never be used as it is configured; the message holds no secret."""


@value_object
class Claim:
    """An alert that this process alone may send now, for the `attempts`th time."""

    alert: Alert
    attempts: int
    again: bool = False
    """True where a process died while it sent this, so that it may have arrived."""
    occasion: Occasion = Occasion.OPENED


class Target(Protocol):
    """A place that alerts are delivered to, each once, from its own outbox."""

    label: str
    """The target as a sentence names it."""

    def connect(self) -> None:
        """Make the client. Raises `CannotConnect`."""

    def pending(self) -> tuple[Alert, ...]:
        """Return the alerts that may be sent now, oldest first. Raises StoreError."""

    def claim(self, alert: Alert) -> Claim | None:
        """Claim an alert; return None when another process was faster. Raises StoreError."""

    def send(self, claim: Claim) -> str | None:
        """Send it. Return None when it was taken, else the reason why not."""

    def delivered(self, claim: Claim) -> None:
        """Record that it arrived. Raises StoreError."""

    def failed(self, claim: Claim, reason: str, retry_at: datetime) -> None:
        """Record that it did not arrive, and when it is tried again. Raises StoreError."""

    def close(self) -> None:
        """Close the client."""


class SentryTarget:
    """Sentry, at its DSN."""

    label = "Sentry"

    def __init__(self, dsn: Secret, owner: str, *, environment: str, include_hostname: bool, timeout: float) -> None:
        self._dsn = dsn
        self._owner = owner
        self._environment = environment
        self._include_hostname = include_hostname
        self._timeout = timeout
        self._client: SentryClient | None = None

    def connect(self) -> None:
        """Make the client. Raises `CannotConnect`."""
        from proximity_tui.core.alerting.sentry import SentryClient, WrongDsn

        try:
            self._client = SentryClient(
                self._dsn.reveal(),
                environment=self._environment,
                include_hostname=self._include_hostname,
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

    def send(self, claim: Claim) -> str | None:
        """Send the event. One that was sent before has the same id, so Sentry drops it."""
        assert self._client is not None
        return self._client.send(event_of(claim.alert))

    def delivered(self, claim: Claim) -> None:
        """Record that Sentry has the event."""
        alerts.delivered(claim.alert.id, claim.alert.delivery.event_id or "")

    def failed(self, claim: Claim, reason: str, retry_at: datetime) -> None:
        """Record why Sentry did not take it."""
        alerts.failed(claim.alert.id, reason, retry_at, token=self._owner)

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()


@value_object
class NotifyChannel:
    """A channel as it is used: its rules, its URL, and where its messages say what to do."""

    rules: ChannelRules
    url: Secret
    runbook: str = RUNBOOK


class ChannelTarget:
    """A channel of the people on call."""

    def __init__(
        self, channel: NotifyChannel, owner: str, *, timeout: float, token_of: Callable[[str | None], str]
    ) -> None:
        """`token_of` returns the id of our token on a cluster."""
        self.label = f"channel {channel.rules.name}"
        self._channel = channel
        self._owner = owner
        self._timeout = timeout
        self._token_of = token_of
        self._client: ChannelClient | None = None

    def connect(self) -> None:
        """Make the client. Raises `CannotConnect`."""
        from proximity_tui.core.alerting.channel_client import ChannelClient, WrongChannel

        try:
            self._client = ChannelClient(self._channel.url.reveal(), timeout=self._timeout)
        except WrongChannel as error:
            raise CannotConnect(str(error)) from error

    def pending(self) -> tuple[Alert, ...]:
        """Return the open alerts that the channel takes at this time of the day, but not that it failed itself; and
        those that it was told of and that are over.
        """
        rules = self._channel.rules
        taken = rules.sends_at(now().astimezone())
        found = notifications.due(rules.name, taken)
        if rules.resolved:
            found += notifications.ended(rules.name, taken)
        return tuple(one for one in found if (one.kind, one.name) != (AlertKind.CHANNEL_FAILED, rules.name))

    def claim(self, alert: Alert) -> Claim | None:
        """Claim the message about an alert, or about its end."""
        name, occasion = self._channel.rules.name, _occasion(alert)
        before = notifications.deliveries(alert.id, occasion).get(name)
        claimed = notifications.claim(alert.id, name, self._owner, occasion=occasion)
        if claimed is None:
            return None
        again = before is not None and before.state is DeliveryState.CLAIMED
        return Claim(alert, claimed.attempts, again, occasion)

    def send(self, claim: Claim) -> str | None:
        """Send the message."""
        assert self._client is not None
        if claim.occasion is Occasion.RESOLVED:
            end = message_of_the_end(claim.alert, again=claim.again)
            return self._client.send(end, claim.alert.severity, occasion=claim.occasion)
        token = self._token_of(claim.alert.cluster)
        message = message_about(claim.alert, token=token, runbook=self._channel.runbook, again=claim.again)
        return self._client.send(message, claim.alert.severity)

    def delivered(self, claim: Claim) -> None:
        """Record that the channel took the message, and that it works."""
        name = self._channel.rules.name
        notifications.delivered(claim.alert.id, name, claim.occasion)
        failed = alerts.key_of(AlertKind.CHANNEL_FAILED, name=name)
        if alerts.unresolved(failed) is not None:
            alerts.resolve(failed, f"the channel {name} took a message", by=ACTOR)

    def failed(self, claim: Claim, reason: str, retry_at: datetime) -> None:
        """Record why the channel did not take it. What it refuses again and again is an alert, for the other ones."""
        name = self._channel.rules.name
        notifications.failed(claim.alert.id, name, reason, retry_at, token=self._owner, occasion=claim.occasion)
        if claim.attempts >= TOLERATED:
            alerts.raise_alert(
                AlertKind.CHANNEL_FAILED,
                Severity.AMBER,
                name=name,
                message=f"the on-call channel {name} does not take messages: {reason}",
                evidence={"channel": name},
                actor=ACTOR,
            )

    def close(self) -> None:
        """Do nothing: a message leaves no connection open."""


def _occasion(alert: Alert) -> Occasion:
    return Occasion.OPENED if alert.resolved_at is None else Occasion.RESOLVED
