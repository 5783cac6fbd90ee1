"""The notifier: it delivers alerts to Sentry and to the channels of the people on call, each exactly once.

The alert is on every screen whether or not this works. Nothing but the threads of its senders ever waits for them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from proximity_tui.core.alerting.channel_target import ChannelTarget, NotifyChannel
from proximity_tui.core.alerting.sender import Sender
from proximity_tui.core.alerting.sentry_target import SentryProject, SentryTarget
from proximity_tui.core.alerting.target import Target
from proximity_tui.core.model.alert import Alert
from proximity_tui.core.store.db.fields import now

POLL = 30.0
"""Seconds between two looks at the outbox when nobody wants one: other processes raise alerts as well."""

TIMEOUT = 5.0
"""Seconds that a target has to answer."""

RETRY = timedelta(seconds=30)

LEFT_TO_THE_HOLDER = timedelta(minutes=2)
"""For how long an alert is left to the process that may send it; then any process with the target sends it."""


class Notifier:
    """The senders of a process. Without Sentry and channels no thread exists, and every method returns at once.

    `owner` is this process (`host:pid:random`). `may_send` returns whether this process may send an alert, which is
    when it holds the lease of its cluster: it knows of it first. What waits for longer than that any process may send,
    because the holder may have no DSN, or know no such channel.
    """

    def __init__(
        self,
        sentry: SentryProject | None,
        *,
        owner: str,
        channels: Sequence[NotifyChannel] = (),
        token_of: Callable[[str | None], str] = lambda cluster: "our token",
        may_send: Callable[[Alert], bool] = lambda alert: True,
        poll: float = POLL,
        timeout: float = TIMEOUT,
        retry: timedelta = RETRY,
    ) -> None:
        self._owner = owner
        self._token_of = token_of
        self._may_send = may_send
        self._poll = poll
        self._timeout = timeout
        self._retry = retry
        self._senders: tuple[Sender, ...] = ()
        self._started = False
        self.include(sentry, channels)

    def include(self, sentry: SentryProject | None, channels: Sequence[NotifyChannel]) -> None:
        """Deliver to these, too; at once where it was started. Not to be called by two threads at once."""
        targets: list[Target] = [] if sentry is None else [SentryTarget(sentry, self._owner, timeout=self._timeout)]
        targets += [
            ChannelTarget(channel, self._owner, timeout=self._timeout, token_of=self._token_of) for channel in channels
        ]
        more = [Sender(one, may_send=self._may_send_now, poll=self._poll, retry=self._retry) for one in targets]
        self._senders = (*self._senders, *more)
        for sender in more if self._started else ():
            sender.start()

    @property
    def problem(self) -> str | None:
        """The reason why the last attempt failed, for a person; None while all is well."""
        return next((one.problem for one in self._senders if one.problem is not None), None)

    def start(self) -> None:
        """Start to deliver, beginning with the alerts that earlier processes left in the outbox."""
        if not self._started:
            self._started = True
            for one in self._senders:
                one.start()

    def want(self) -> None:
        """Wake the senders because an alert was raised. Returns at once, from any thread."""
        for one in self._senders:
            one.want()

    def stop(self, timeout: float = 1.5) -> None:
        """End the senders, and wait for them at most `timeout` seconds. Undelivered alerts stay in the outbox."""
        for one in self._senders:
            one.stop()
        deadline = time.monotonic() + timeout
        for one in self._senders if self._started else ():
            one.join(max(0.0, deadline - time.monotonic()))

    def _may_send_now(self, alert: Alert) -> bool:
        # Also what is of the future: the clock was set back since, perhaps by hours.
        return self._may_send(alert) or abs(now() - _news_since(alert)) > LEFT_TO_THE_HOLDER


def _news_since(alert: Alert) -> datetime:
    return alert.resolved_at or alert.opened_at
