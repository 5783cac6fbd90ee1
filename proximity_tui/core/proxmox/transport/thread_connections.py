"""The connections to the URLs of one cluster: for each thread its own, one for reads and one for writes. Each is
proxmoxer with our transport underneath. A read whose connection was dropped is sent once more.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import proxmoxer.backends.https  # noqa: F401 - sets the levels of its loggers when it is imported, so before us
from proxmoxer import ProxmoxAPI
from proxmoxer.backends.https import JsonSerializer
from requests import Response

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.daemon_threads import waiting_for
from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.transport.address import Address, ClusterSettings
from proximity_tui.core.proxmox.transport.api_call import ApiCall
from proximity_tui.core.proxmox.transport.deadline import Patience
from proximity_tui.core.proxmox.transport.failures import is_retryable
from proximity_tui.core.proxmox.transport.trust import TrustAdapter

Parameters = Mapping[str, str | int]
"""Values of a call. Booleans are given as 0 and 1: Proxmox takes no other."""

# At INFO they print whatever is sent, passwords of containers included.
for _name in ("proxmoxer", "proxmoxer.core", "proxmoxer.backends.https", "urllib3", "urllib3.connectionpool"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

LONGEST_IDLE = 4.0
"""Seconds. pveproxy closes after 5 s; a request sent at that moment is lost, so we hang up first."""

ROW_BY_ROW = "/cluster/resources"
"""The end of the path whose rows are left undecoded where all are asked for, for `inventory`: one call of a decoder
that takes the whole list of 50,000 guests would keep every other thread waiting."""


class ThreadConnection:
    """proxmoxer for one thread, one URL and one timeout."""

    def __init__(self, settings: ClusterSettings, address: Address, timeout: float, clock: Clock) -> None:
        self.settings = settings
        self.adapter = TrustAdapter(settings.trust, clock)
        self.used_at: float | None = None
        self.data: Any = None
        self.api = ProxmoxAPI(
            f"[{address.host}]" if ":" in address.host else address.host,
            port=address.port,
            user=_in_a_header(settings.token_user),
            token_name=settings.token_name,
            token_value=settings.token_secret.reveal(),
            path_prefix=address.prefix,
            timeout=(settings.connect_timeout, timeout),
        )
        self.api._store["serializer"] = _Answers()
        session = self.api._store["session"]
        # The environment knows proxies, CA bundles and passwords; none of them is ours to use on this way.
        session.trust_env = False
        session.mount("https://", self.adapter)
        # A cookie of some load balancer would take the place of the token.
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    @property
    def answer(self) -> Response | None:
        """The last complete response, also of a refusal."""
        return self.adapter.answer

    def attempt(self, call: ApiCall, parameters: Parameters) -> Exception | None:
        """Send once, and wait for the whole answer as long as the call may take. Return None when there is one, in
        `data`; else the exception.
        """
        self.data = None
        self.adapter.deadline.grant(call.timeout, call.time_to_connect)
        try:
            with waiting_for(call.subject):
                self.data = getattr(self.api(call.path.strip("/")), call.method.lower())(**parameters)
        except Exception as error:
            # What is left of an answer would be taken for the answer to the next request.
            self.adapter.close_connections()
            return error
        return None

    def end(self) -> None:
        """Close the connection for good. Its last answer may be a list of thousands, and proxmoxer's objects hold each
        other: Python would find only much later that nobody needs them.
        """
        self.adapter.close_connections()
        self.data = self.adapter.answer = None

    def rest(self, now: float, longest: float) -> None:
        """Close the connection if it has been idle for more than `longest` seconds: the server may be closing it."""
        if self.used_at is not None and now - self.used_at > longest:
            self.adapter.close_connections()


class SentRead(NamedTuple):
    """A read that has its answer, in its connection, or failed."""

    connection: ThreadConnection
    call: ApiCall
    failure: Exception | None


class ThreadConnections:
    """The connections with these settings. A URL is named by its position in them."""

    def __init__(self, settings: ClusterSettings, clock: Clock, patience: Patience) -> None:
        self._settings = settings
        self._addresses = settings.addresses
        self._clock = clock
        self._patience = patience
        self._local = threading.local()

    def read(self, position: int, path: ApiPath, parameters: Parameters) -> SentRead:
        """Send a read to a URL, and wait for its answer. Raises `Unreachable` where nothing could be sent in time."""
        connection = self.to(position, "GET")
        connection.rest(self._clock.monotonic(), LONGEST_IDLE)
        call = self._in_time(self.call(position, "GET", path))
        failure = connection.attempt(call, parameters)
        if failure is not None and is_retryable(failure, connection.answer):
            failure = connection.attempt(self._in_time(call), parameters)
        connection.used_at = self._clock.monotonic()
        return SentRead(connection, call, failure)

    def has_made(self, connection: ThreadConnection) -> bool:
        """Return whether a connection is one of these: another may have other trust, or another token."""
        return connection.settings is self._settings

    def take_over(self, position: int, connection: ThreadConnection) -> None:
        """Read from a URL by this connection from now on; the thread that made it needs it no more."""
        before = self._mine().get((position, True))
        if before is not None and before is not connection:
            before.end()
        self._mine()[position, True] = connection

    def to(self, position: int, method: str) -> ThreadConnection:
        """Return the calling thread's connection to a URL. Raises `Unusable` where token or CA file cannot be used."""
        settings, key, mine = self._settings, (position, method == "GET"), self._mine()
        if settings.unusable is not None:
            raise errors.Unusable(settings.unusable, about=f"{settings.name} cannot be asked: ")
        if key not in mine:
            timeout = settings.read_timeout if method == "GET" else settings.write_timeout
            try:
                mine[key] = ThreadConnection(settings, self._addresses[position], timeout, self._clock)
            except OSError as error:
                detail = (error.strerror or "no certificate in it").lower()
                raise errors.Unusable(
                    f"the CA file {settings.trust.ca_file} cannot be used ({detail})", about=f"{settings.name}: "
                ) from None
        return mine[key]

    def call(self, position: int, method: str, path: ApiPath) -> ApiCall:
        """Return a call to a URL as its translation needs to know it."""
        settings = self._settings
        return ApiCall(
            cluster=settings.name,
            url=str(self._addresses[position]),
            method=method,
            path=path,
            connect_timeout=settings.connect_timeout,
            timeout=settings.read_timeout if method == "GET" else settings.write_timeout,
            expected=settings.trust.fingerprints,
        )

    def last_answer(self, position: int, method: str) -> Response | None:
        """Return the last answer of a URL to the calling thread, if there was one."""
        connection = self._mine().get((position, method == "GET"))
        return None if connection is None else connection.answer

    def last_answer_at(self, position: int) -> datetime | None:
        """Return the time of the server, to the second, in its last answer to a read of the calling thread."""
        answer = self.last_answer(position, "GET")
        try:
            told = parsedate_to_datetime("" if answer is None else answer.headers.get("Date", ""))
        except (ValueError, OverflowError):
            return None
        # Without a zone, and with "-0000", it is UTC (RFC 5322, 3.3).
        return told if told.tzinfo is not None else told.replace(tzinfo=UTC)

    def close_connections(self) -> None:
        """Close the connections of the calling thread."""
        for connection in self._mine().values():
            connection.adapter.close_connections()

    def _in_time(self, call: ApiCall) -> ApiCall:
        """Return the call with no more time than its thread has left. Raises Unreachable when there is none."""
        return replace(call, timeout=self._patience.shortened(call.timeout, call.subject))

    def _mine(self) -> dict[tuple[int, bool], ThreadConnection]:
        connections: dict[tuple[int, bool], ThreadConnection] | None = getattr(self._local, "connections", None)
        if connections is None:
            connections = self._local.connections = {}
        return connections


class _Answers(JsonSerializer):  # type: ignore[misc]
    """The decoding of answers: as proxmoxer does it, but the long list of guests row by row."""

    def loads(self, response: Response) -> Any:
        """Return the `data` of an answer; of the list of guests as `UndecodedRows`, unless something is odd in it."""
        asked = urlsplit(response.url)
        if asked.path.endswith(ROW_BY_ROW) and not asked.query:
            # Imported late: nothing else needs the library, and a command may not list guests at all.
            from proximity_tui.core.proxmox.decode.guest_rows import split_rows

            rows = split_rows(response.content)
            if rows is not None:
                return rows
        return super().loads(response)


def _in_a_header(text: str) -> str:
    """Return `text` so that its UTF-8 is sent: the HTTP library writes headers in Latin-1, and a user may have any
    name.
    """
    return text.encode().decode("latin-1")
