"""The thread of a target: what arrived is known to have arrived, whatever fails while that is written down."""

from __future__ import annotations

from datetime import datetime, timedelta

from proximity_tui.core.alerting.attempt import NotTaken
from proximity_tui.core.alerting.sender import Sender
from proximity_tui.core.alerting.target import Claim
from proximity_tui.core.model.alert import Alert
from tests.support.records.notifying import an_alert
from tests.support.timing.waiting import LONGEST, until


class ClosedUnderIt:
    """A target that takes each message, and whose store is closed by another thread while the first is recorded."""

    label = "the tests"

    def __init__(self, alert: Alert) -> None:
        self.left = [alert]
        self.sent = 0
        self._closed = True

    def connect(self) -> None:
        """Nothing to connect."""

    def pending(self) -> tuple[Alert, ...]:
        return tuple(self.left)

    def claim(self, alert: Alert) -> Claim | None:
        return Claim(alert, 1)

    def send(self, claim: Claim) -> NotTaken | None:
        self.sent += 1
        return None

    def delivered(self, claim: Claim) -> None:
        if self._closed:
            self._closed = False
            raise AttributeError("'NoneType' object has no attribute 'execute'")
        self.left.remove(claim.alert)

    def failed(self, claim: Claim, why: NotTaken, retry_at: datetime) -> None:
        raise AssertionError(why)

    def close(self) -> None:
        """Nothing to close."""


def test_what_arrived_is_not_sent_again_because_its_record_failed_in_an_unforeseen_way() -> None:
    target = ClosedUnderIt(an_alert())
    sender = Sender(target, may_send=lambda _: True, poll=0.01, retry=timedelta())
    sender.start()
    until(lambda: not target.left)
    sender.stop()
    sender.join(LONGEST)
    assert target.sent == 1
