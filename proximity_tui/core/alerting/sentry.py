"""A Sentry client of our own: it sends only the events that it is given and reports whether they arrived.

It is not the global client of the process, so nothing that is logged or raised elsewhere can become an event: in
particular not the CRITICAL line that we log ourselves for a red alert. Importing this module takes a tenth of a second,
so only the thread that sends imports it.
"""

from __future__ import annotations

import json
import socket
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sentry_sdk import Client
from sentry_sdk.envelope import Envelope
from sentry_sdk.scrubber import DEFAULT_DENYLIST, EventScrubber
from sentry_sdk.transport import HttpTransport
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import Dsn

from proximity_tui.core.alerting.sentry_event import cleaned
from proximity_tui.core.store.db.fields import now

DENIED = [*DEFAULT_DENYLIST, "pveapitoken", "pveauthcookie", "csrfpreventiontoken", "token_secret"]


class WrongDsn(Exception):
    """Raised for a DSN that is not valid. The message does not repeat it, because it holds a key."""


class SentryClient:
    """A client that sends events, one at a time, on the thread of the caller."""

    def __init__(self, dsn: str, *, environment: str, include_hostname: bool, timeout: float) -> None:
        """Connect to the Sentry of `dsn`. `timeout` is in seconds. Raises `WrongDsn`."""

        class Transport(_SynchronousTransport):
            TIMEOUT = timeout  # type: ignore[assignment]  # seconds, and the SDK only hands them on

        def clean(event: Event, hint: Hint) -> Event | None:
            return cast(Event, cleaned(event, hostname_allowed=include_hostname))

        try:
            Dsn(dsn)
        except ValueError as error:
            # `BadDsn` is one, and so is what urllib says of a port or a host that cannot be read.
            raise WrongDsn("the Sentry DSN is not valid (a DSN looks like https://key@host/number)") from error
        self._client = Client(
            dsn=dsn,
            transport=Transport,
            environment=environment,
            server_name=socket.gethostname() if include_hostname else "",
            before_send=clean,
            event_scrubber=EventScrubber(denylist=DENIED, recursive=True),
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[],
            include_local_variables=False,
            include_source_context=False,
            propagate_traces=False,
            auto_session_tracking=False,
            send_client_reports=False,
            enable_backpressure_handling=False,
            max_breadcrumbs=0,
            debug=False,
            spotlight=False,
        )
        transport = self._client.transport
        assert isinstance(transport, _SynchronousTransport)
        self._transport = transport

    def send(self, event: Mapping[str, Any]) -> str | None:
        """Send an event and wait for the answer. Return None when it was accepted, else the reason why not."""
        self._transport.refusal = "the event was dropped before it was sent"
        self._transport.forget_the_future()
        self._client.capture_event(cast(Event, dict(event)))
        return self._transport.refusal

    def close(self) -> None:
        """Close the connection."""
        self._transport.shut()


class _SynchronousTransport(HttpTransport):
    """The SDK's transport without its queue, which would be lost when the program quits, and with a known outcome."""

    refusal: str | None = None
    _asked_at: datetime | None = None
    """When Sentry last asked to wait, if it did."""

    def forget_the_future(self) -> None:
        """Forget that Sentry asked to wait, where the clock was set back since: the SDK keeps a time of the day, which
        may be hours away now.
        """
        if self._asked_at is not None and now() < self._asked_at:
            self._disabled_until.clear()
            self._asked_at = None

    def _update_rate_limits(self, response: Any) -> None:
        super()._update_rate_limits(response)
        if self._disabled_until:
            self._asked_at = now()

    def capture_envelope(self, envelope: Envelope) -> None:
        """Send at once, on this thread. A failure becomes an outcome, never an exception."""
        try:
            self._send_envelope(envelope)
        except Exception as error:
            self.refusal = f"it could not be reached: {type(error).__name__}"

    def shut(self) -> None:
        """Close the idle connections."""
        self._pool.clear()
        self.kill()

    def on_dropped_event(self, _reason: str) -> None:
        """Record the reason of the SDK: `network`, `status_…`, or `self_rate_limits` while it waits after a 429."""
        self.refusal = {
            "network": "it could not be reached",
            "self_rate_limits": "it asked to wait",
        }.get(_reason, f"it answered {_reason.removeprefix('status_')}")

    def _get_pool_options(self) -> dict[str, Any]:
        # The outbox tries again, later and with a limit; urllib3 would do so at once, and log it on the screen.
        return {**super()._get_pool_options(), "retries": False}

    def _handle_response(self, response: Any, envelope: Envelope | None) -> None:
        super()._handle_response(response, envelope)
        if 200 <= response.status < 300:
            self.refusal = _not_taken(response, envelope)


def _not_taken(response: Any, envelope: Envelope | None) -> str | None:
    """Return the reason why a good status is no receipt; None when the answer is Sentry's own and
    names the sent event.
    """
    sent = envelope.headers.get("event_id") if envelope is not None else None
    try:
        answer = json.loads(response.data)
        taken = uuid.UUID(answer["id"]) == uuid.UUID(sent)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return f"it answered {response.status}, but not as Sentry does: something in between may have answered"
    return None if taken else f"it answered {response.status}, but named another event"
