"""The channels on which the people on call are told of alerts: what is sent on one, and when."""

from __future__ import annotations

from datetime import datetime, time

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.alert import Severity

EVERY_SEVERITY = frozenset(Severity)


@value_object
class QuietHours:
    """A part of each day, in the local time of this host; over midnight where it ends before it starts."""

    start: time
    end: time

    def cover(self, at: time) -> bool:
        """Return whether a time of the day is within them; the end is not."""
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@value_object
class ChannelRules:
    """The name of a channel, and which alerts it takes when."""

    name: str
    severities: frozenset[Severity] = EVERY_SEVERITY
    quiet_hours: QuietHours | None = None
    quiet_severities: frozenset[Severity] = frozenset({Severity.AMBER})
    """The severities that wait for the end of the quiet hours."""
    resolved: bool = True
    """Whether the end of an alert is sent as well, where the alert was."""

    def sends_at(self, moment: datetime) -> frozenset[Severity]:
        """Return the severities that are sent at a moment, which is taken in its own time zone."""
        return self.severities - self.quiet_severities if self.is_quiet_at(moment) else self.severities

    def is_quiet_at(self, moment: datetime) -> bool:
        """Return whether a moment is within the quiet hours."""
        return self.quiet_hours is not None and self.quiet_hours.cover(moment.time())
