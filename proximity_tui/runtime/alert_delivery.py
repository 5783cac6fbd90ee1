"""The delivery of alerts by a process: the notifier, and the places of the secrets that it needs. One that cannot be
read at the start, as of a password store that is locked or away, is looked at again until it can.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from proximity_tui.config.secrets import SecretKind
from proximity_tui.core.base.daemon_threads import spawn
from proximity_tui.runtime.token_secrets import EVERY, EVERY_COMMAND

if TYPE_CHECKING:
    from proximity_tui.core.alerting.notifier import Notifier
    from proximity_tui.core.model.alert import Alert
    from proximity_tui.runtime.context import AppContext
    from proximity_tui.runtime.job_settings import Receivers

log = logging.getLogger(__name__)


class AlertDelivery:
    """What sends the alerts of one context. Libraries are imported when it is prepared."""

    def __init__(self, *, token_of: Callable[[str | None], str], may_send: Callable[[Alert], bool]) -> None:
        self._token_of = token_of
        self._may_send = may_send
        self._found: Receivers | None = None
        """The DSN of Sentry and the channels of the people on call, once they were fetched."""
        self._notifier: Notifier | None = None
        self._ended = threading.Event()
        self._gate = threading.Lock()
        """Held while a sender is added, so that none is after the end."""

    def fetch(self, context: AppContext) -> None:
        """Fetch the DSN of Sentry and the URLs of the channels, unless that was done. Takes as long as their places."""
        from proximity_tui.runtime.job_settings import receivers

        if self._found is None:
            self._found = receivers(context)

    def prepare(self, context: AppContext) -> None:
        """Make the notifier of what was fetched. Returns at once."""
        from proximity_tui.core.alerting.notifier import Notifier

        assert self._found is not None
        self._notifier = Notifier(
            self._found.project(context),
            owner=context.engine.owner,
            channels=self._found.channels,
            token_of=self._token_of,
            may_send=self._may_send,
        )

    def want(self) -> None:
        """Wake the senders because an alert was raised. Returns at once, from any thread."""
        if self._notifier is not None:
            self._notifier.want()

    def start(self, context: AppContext) -> None:
        """Start to deliver, and to look again at the places that could not be read."""
        assert self._notifier is not None
        self._notifier.start()
        if self._unread(context):
            spawn("late-receivers", self._look_again, context)

    def stop(self, timeout: float) -> None:
        """End the senders, and wait for them at most `timeout` seconds."""
        with self._gate:
            self._ended.set()
        if self._notifier is not None:
            self._notifier.stop(timeout)

    def _unread(self, context: AppContext) -> dict[str, SecretKind]:
        from proximity_tui.runtime.job_settings import unread

        assert self._found is not None
        return unread(context, self._found)

    def _look_again(self, context: AppContext) -> None:
        from proximity_tui.runtime.job_settings import receivers

        asked = context.clock.monotonic()
        while (missing := self._unread(context)) and not self._ended.wait(EVERY):
            # A command may ask a person to touch a key.
            now = context.clock.monotonic()
            commands = now - asked >= EVERY_COMMAND
            asked = now if commands else asked
            names = {name for name, kind in missing.items() if commands or kind is not SecretKind.COMMAND}
            found = receivers(context, names)
            if found.names:
                self._include(context, found)

    def _include(self, context: AppContext, more: Receivers) -> None:
        assert self._found is not None
        assert self._notifier is not None
        with self._gate:
            if self._ended.is_set():
                return
            self._found = self._found.with_more(more)
            self._notifier.include(more.project(context), more.channels)
        log.warning("alerts are sent to %s from now on", ", ".join(sorted(more.names)))
