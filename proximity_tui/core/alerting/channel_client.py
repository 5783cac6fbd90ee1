"""One channel of the people on call: it sends by apprise, and tells in words of ours why a message was not taken.

The URL of a channel holds secrets, and so may whatever apprise says about it: nothing of either is repeated. Importing
apprise takes a quarter of a second, so only who sends imports it.
"""

from __future__ import annotations

import logging
import re
import threading
import warnings
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proximity_tui.core.alerting.attempt import Attempts, NotTaken, unanswered
from proximity_tui.core.alerting.message import Message
from proximity_tui.core.model.alert import Occasion, Severity

if TYPE_CHECKING:
    from apprise import NotifyBase

_STATUS = re.compile(r"\berror=(\d{3})\b|\bcode (\d{3})\b")
_CUT_OFF = re.compile(r"read timed out|connection aborted|connection broken|reset by peer", re.IGNORECASE)
"""What is said of a connection that ended, or was given up, when the message was on its way."""
_loading = threading.Lock()


class WrongChannel(Exception):
    """Raised for a channel that cannot be used. The message never repeats its URL."""


class ChannelClient:
    """A client that sends messages on one channel, one at a time, on the thread of the caller."""

    def __init__(self, url: str, *, timeout: float, label: str = "channel") -> None:
        """Take the channel at `url`. `timeout` is how many seconds it may be silent; `label` names the threads that
        send. Raises `WrongChannel`.
        """
        self._service = _service(url)
        self._attempts = Attempts(label)
        self._service.socket_connect_timeout = self._service.socket_read_timeout = timeout

    @property
    def kind(self) -> str:
        """The service, such as `ntfy`, `Email` or `Slack`."""
        return str(self._service.service_name)

    @property
    def receivers(self) -> int:
        """The number of receivers that its URL names; each gets a message of its own."""
        return len(self._service)

    def send(
        self, message: Message, severity: Severity | None, *, occasion: Occasion = Occasion.OPENED
    ) -> NotTaken | None:
        """Send a message (without a severity: a test) and wait. Return None when it was taken, else why not."""
        return self._attempts.make(lambda: self._send(message, severity, occasion))

    def _send(self, message: Message, severity: Severity | None, occasion: Occasion) -> NotTaken | None:
        from apprise import NotifyFormat, NotifyType

        self._forget_the_future()

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
        finally:
            log.removeHandler(said)
        return None if taken else said.why()

    def _forget_the_future(self) -> None:
        """Forget when the last message was sent, where that is ahead by the local time, which goes back each autumn.
        Apprise counts its pause between two messages from then, and would wait an hour.
        """
        last: datetime | None = self._service._last_io_datetime
        if last is not None and last > datetime.now():
            self._service._last_io_datetime = None


class _Complaints(logging.Handler):
    """What apprise logs on this thread about a message, from which only a reason in our own words is made."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._thread = threading.get_ident()
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        told = record.levelno >= logging.WARNING or str(record.msg).startswith("Socket Exception")
        if told and record.thread == self._thread:
            self._lines.append(record.getMessage())

    def why(self) -> NotTaken:
        """Return why the message was not taken."""
        said = " ".join(self._lines)
        if found := _STATUS.search(said):
            status = found[1] or found[2]
            elsewhere = ", so it is elsewhere: its URL has to name the new place" if status.startswith("3") else ""
            return NotTaken(f"it answered {status}{elsewhere}")
        if "CERTIFICATE_VERIFY_FAILED" in said:
            return NotTaken("its certificate is not trusted here")
        if _CUT_OFF.search(said):
            return unanswered(": the connection ended")
        if "onnection error" in said or "ocket" in said:
            return NotTaken("it could not be reached")
        return NotTaken("it did not take the message")


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
        # What became of a connection is told at DEBUG only.
        log.setLevel(logging.DEBUG)
        if not log.handlers:
            log.addHandler(logging.NullHandler())
        settings: dict[str, Any] = {"app_id": "Proximity TUI", "app_desc": "Proximity TUI", "app_url": ""}
        # Whoever follows asks for the page of another place, and takes that it is there for a receipt.
        settings["http_redirects"] = False
        asset = AppriseAsset(**settings, secure_logging=True, async_mode=False, storage_mode=PersistentStoreMode.MEMORY)
        service = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    # Whoever writes `verify=no` into a URL knows it.
    warnings.filterwarnings("ignore", message="Unverified HTTPS request")
    if service is None:
        raise WrongChannel("its URL is not one that apprise knows (such as ntfy://..., mailtos://..., slack://...)")
    return service
