"""A channel of the people on call as a target: which alerts it takes, and what it is told of their end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from proximity_tui.core.alerting.attempt import NotTaken
from proximity_tui.core.alerting.message import RUNBOOK, message_about, message_of_the_end
from proximity_tui.core.alerting.target import CannotConnect, Claim, occasion_of
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.alert import Alert, AlertKind, Occasion, Severity
from proximity_tui.core.model.channel_rules import ChannelRules
from proximity_tui.core.store.alerts import alerts, notifications
from proximity_tui.core.store.db.fields import now

if TYPE_CHECKING:
    from proximity_tui.core.alerting.channel_client import ChannelClient

TOLERATED = 3
"""Attempts with one message after which a channel counts as failed: about two minutes."""
ACTOR = "notifier"


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
            self._client = ChannelClient(self._channel.url.reveal(), timeout=self._timeout, label=self.label)
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
        """Claim the message about an alert, or about its end. Where one of several receivers was not reached, the
        others may have it.
        """
        name, occasion = self._channel.rules.name, occasion_of(alert)
        claimed = notifications.claim(alert.id, name, self._owner, occasion=occasion)
        if claimed is None:
            return None
        several = self._client is not None and self._client.receivers > 1
        again = claimed.unanswered_at is not None or (several and claimed.attempts > 1)
        return Claim(alert, claimed.attempts, again, occasion)

    def send(self, claim: Claim) -> NotTaken | None:
        """Send the message; return None when it was taken, else why not."""
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

    def failed(self, claim: Claim, why: NotTaken, retry_at: datetime) -> None:
        """Record why the channel did not take it. What it refuses again and again is an alert, for the other ones."""
        name = self._channel.rules.name
        notifications.failed(
            claim.alert.id, name, why.reason, retry_at,
            token=self._owner, occasion=claim.occasion, unanswered=why.may_have_arrived,
        )  # fmt: skip
        if claim.attempts >= TOLERATED:
            alerts.raise_alert(
                AlertKind.CHANNEL_FAILED,
                Severity.AMBER,
                name=name,
                message=f"the on-call channel {name} does not take messages: {why.reason}",
                evidence={"channel": name},
                actor=ACTOR,
            )

    def close(self) -> None:
        """Do nothing: a message leaves no connection open."""
