"""One channel of the people on call: it sends by apprise, and tells in words of ours why a message was not taken.

The URL of a channel holds secrets, and so may whatever apprise says about it: nothing of either is repeated. Importing
apprise takes a quarter of a second, so only who sends imports it.
"""

from __future__ import annotations

import logging
import re
import threading
import warnings
from typing import TYPE_CHECKING, Any

from proximity_tui.core.alerting.message import Message
from proximity_tui.core.base.daemon_threads import run_within
from proximity_tui.core.model.alert import Occasion, Severity

if TYPE_CHECKING:
    from apprise import NotifyBase

LIMIT = 30.0
"""Seconds for a whole message, however slow the other side is. Other processes leave a claim alone for longer."""

_STATUS = re.compile(r"\berror=(\d{3})\b|\bcode (\d{3})\b")
_loading = threading.Lock()


class WrongChannel(Exception):
    """Raised for a channel that cannot be used. The message never repeats its URL."""


class ChannelClient:
    """A client that sends messages on one channel, one at a time, on the thread of the caller."""

    def __init__(self, url: str, *, timeout: float) -> None:
        """Take the channel at `url`. `timeout` is how many seconds it may be silent. Raises `WrongChannel`."""
        self._service = _service(url)
        self._service.socket_connect_timeout = self._service.socket_read_timeout = timeout

    @property
    def kind(self) -> str:
        """The service, such as `ntfy`, `Email` or `Slack`."""
        return str(self._service.service_name)

    def send(self, message: Message, severity: Severity | None, *, occasion: Occasion = Occasion.OPENED) -> str | None:
        """Send a message (without a severity: a test) and wait. Return None when it was taken, else the reason why
        not.
        """
        ends: list[str | None] = []
        run_within(LIMIT, "channel", self._send, message, severity, occasion, ends)
        return ends[0] if ends else f"it did not answer within {LIMIT:.0f} s"

    def _send(self, message: Message, severity: Severity | None, occasion: Occasion, ends: list[str | None]) -> None:
        from apprise import NotifyFormat, NotifyType

        types = {Severity.RED: NotifyType.FAILURE, Severity.AMBER: NotifyType.WARNING}
        kind = NotifyType.INFO if severity is None else types[severity]
        said = _Complaints()
        log = logging.getLogger("apprise")
        log.addHandler(said)
        try:
            taken = self._service.notify(
                body=message.body,
                title=message.title,
                notify_type=NotifyType.SUCCESS if occasion is Occasion.RESOLVED else kind,
                body_format=NotifyFormat.TEXT,
            )
            ends.append(None if taken else said.reason())
        except Exception as error:
            ends.append(f"it could not be used: {type(error).__name__}")
        finally:
            log.removeHandler(said)


class _Complaints(logging.Handler):
    """What apprise logs on this thread about a message, from which only a reason in our own words is made."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._thread = threading.get_ident()
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._lines.append(record.getMessage())

    def reason(self) -> str:
        """Return why the message was not taken."""
        said = " ".join(self._lines)
        if status := _STATUS.search(said):
            return f"it answered {status[1] or status[2]}"
        if "onnection error" in said or "ocket" in said:
            return "it could not be reached"
        return "it did not take the message"


def _service(url: str) -> NotifyBase:
    # Some of its hundred plugins warn while they are loaded, of libraries that nobody here uses.
    with _loading, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from apprise import Apprise, AppriseAsset, PersistentStoreMode
        except ImportError:
            raise WrongChannel("it needs the package apprise: pip install 'proximity-tui[notify]'") from None
        log = logging.getLogger("apprise")
        # Its lines name hosts, topics and addresses; where nobody listens Python would print them on the screen.
        log.propagate = False
        if not log.handlers:
            log.addHandler(logging.NullHandler())
        settings: dict[str, Any] = {"app_id": "Proximity TUI", "app_desc": "Proximity TUI", "app_url": ""}
        asset = AppriseAsset(**settings, secure_logging=True, async_mode=False, storage_mode=PersistentStoreMode.MEMORY)
        service = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is None:
        raise WrongChannel("its URL is not one that apprise knows (such as ntfy://..., mailtos://..., slack://...)")
    return service
