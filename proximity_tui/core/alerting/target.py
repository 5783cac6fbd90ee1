"""A target of a sender: it knows its outbox and its client.

What a client needs is imported when it connects, because that takes a tenth of a second and more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from proximity_tui.core.alerting.attempt import NotTaken
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.alert import Alert, Occasion


class CannotConnect(Exception):
    """Raised for a target that can never be used as it is configured; the message holds no secret."""


@value_object
class Claim:
    """An alert that this process alone may send now, for the `attempts`th time."""

    alert: Alert
    attempts: int
    again: bool = False
    """True where it is not known how an earlier attempt ended, so that it may have arrived."""
    occasion: Occasion = Occasion.OPENED
    is_recorded: bool = True
    """False where the disk is full: other processes do not know that it is sent."""


def occasion_of(alert: Alert) -> Occasion:
    """Return what a message about an alert tells now: that it is open, or that it is over."""
    return Occasion.OPENED if alert.resolved_at is None else Occasion.RESOLVED


class Target(Protocol):
    """A place that alerts are delivered to, each once, from its own outbox."""

    label: str
    """The target as a sentence names it."""

    def connect(self) -> None:
        """Make the client. Raises `CannotConnect`."""

    def pending(self) -> tuple[Alert, ...]:
        """Return the alerts that may be sent now, the red ones first, then the oldest. Raises StoreError."""

    def claim(self, alert: Alert) -> Claim | None:
        """Claim an alert; return None when another process was faster. Raises StoreError."""

    def send(self, claim: Claim) -> NotTaken | None:
        """Send it. Return None when it was taken, else why not."""

    def delivered(self, claim: Claim) -> None:
        """Record that it arrived. Raises StoreError."""

    def failed(self, claim: Claim, why: NotTaken, retry_at: datetime) -> None:
        """Record that it was not taken, and when it is tried again. Raises StoreError."""

    def close(self) -> None:
        """Close the client."""
