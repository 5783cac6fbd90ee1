"""The HTTP session of one cluster: the timeouts, which cluster answers, and the choice among several URLs.

A write is never repeated and never uses an old connection (law 5). Every failure leaves here as one of our errors,
without a secret in it.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.model import BadRow
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.decode.json_values import Malformed
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.answer_cache import ThreadCache
from proximity_tui.core.proxmox.transport.api_call import ApiCall, connection_lost, may_only_read
from proximity_tui.core.proxmox.transport.cluster_memory import ClusterMemory, SessionMemory
from proximity_tui.core.proxmox.transport.deadline import Patience
from proximity_tui.core.proxmox.transport.failures import dropped
from proximity_tui.core.proxmox.transport.known_servers import KnownServers
from proximity_tui.core.proxmox.transport.logged_once import LoggedOnce
from proximity_tui.core.proxmox.transport.root_ca import root_ca
from proximity_tui.core.proxmox.transport.sent_ahead import SentAhead
from proximity_tui.core.proxmox.transport.thread_connections import Parameters, ThreadConnection, ThreadConnections
from proximity_tui.core.proxmox.transport.translate import malformed, not_json, translate

_Ask = Callable[[int, ApiPath, Parameters], Any]
"""From the position of a URL, a path and parameters to the `data` of an answer."""

log = logging.getLogger(__name__)


class HttpSession:
    """The calls to one cluster. Safe to share between threads; each thread gets its own connections.

    `read_only` refuses every write before anything is sent. With `recall`, a server must show its cluster before it is
    believed or written to, and again after its connection failed.
    """

    def __init__(
        self, settings: ClusterSettings, clock: Clock, *, read_only: bool = False, recall: ClusterMemory | None = None
    ) -> None:
        self.cluster = settings.name
        self.read_only = read_only
        self._addresses = settings.addresses
        self._preferred, self._searched_at = 0, -math.inf
        self._clock = clock
        self._patience = Patience(clock.monotonic)
        self.kept = ThreadCache(clock.monotonic)
        self.memory = recall or SessionMemory()
        self._counted = threading.local()
        self._connections = ThreadConnections(settings, clock, self._patience)
        self._ahead = SentAhead(settings.name)
        self._known_servers = KnownServers(settings, clock.monotonic, recall)
        self._logged_once = LoggedOnce(log, settings.name)

    def __repr__(self) -> str:
        return f"<session of {self.cluster} at {self.url}>"

    @property
    def url(self) -> str:
        """The URL that answered last, and that the next call goes to."""
        return str(self._addresses[self._preferred])

    @property
    def answered_by(self) -> str:
        """The URL that the last read of the calling thread was sent to."""
        return str(self._addresses[self._asked])

    @property
    def requests_sent(self) -> int:
        """The number of reads that the calling thread has sent."""
        return getattr(self._counted, "requests_sent", 0)

    def trust_again(self, settings: ClusterSettings) -> None:
        """Use these settings as `use` does, and check again which cluster it is."""
        self._known_servers.forget_all()
        self.memory.forget_members(self.cluster)
        self.use(settings)

    def use(self, settings: ClusterSettings) -> None:
        """Use the trust and the token of these settings from the next call on, on every thread."""
        self._connections = ThreadConnections(settings, self._clock, self._patience)

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Limit what this thread reads in the context to end `seconds` from now: a later request is Unreachable."""
        return self._patience.within(seconds)

    def sending_ahead(self, *paths: ApiPath) -> AbstractContextManager[None]:
        """Read these in the context already while a server shows its cluster: each on its own connection. `get` takes
        the answers when it comes to them, so they are believed no sooner."""
        return self._ahead.wanting(paths)

    def get(self, path: ApiPath, /, **parameters: str | int) -> Any:
        """Return the `data` of an answer. A URL that is unreachable, or without an answer of Proxmox in time, is
        skipped in favour of the next one.
        """
        return self._get(self._ask, path, parameters)

    def get_kept(self, path: ApiPath, /, **parameters: str | int) -> Any:
        """Return the `data` that this thread keeps for the plan that it makes (`kept.keeping`), else as `get` does. For
        the surroundings of a guest; what a guest is, is read again each time.
        """
        return self._get(self._kept_or_asked, path, parameters)

    def get_root_ca(self, path: ApiPath) -> str:
        """Return the root CA among these certificates: the server has shown its cluster once more. Raises Malformed."""
        asked, seen = self._clock.monotonic(), root_ca(self.get(path))
        self._known_servers.renew(self._asked, seen, asked)
        return seen

    def others(self, every: float) -> Iterator[tuple[int, Callable[[ApiPath], Any]]]:
        """Yield the position of each URL but the preferred one, and its reads; none within `every` seconds."""
        if len(self._addresses) > 1 and self._clock.monotonic() - self._searched_at >= every:
            self._searched_at = self._clock.monotonic()
            for position in set(range(len(self._addresses))) - {self._preferred}:
                yield position, partial(self._read_at, position)

    def prefer(self, position: int) -> None:
        """Send the next calls to this URL. What was kept for a plan came from another one."""
        self._preferred = position
        self.kept.forget()

    def _get(self, ask: _Ask, path: ApiPath, parameters: Parameters) -> Any:
        count = len(self._addresses)
        *others, last = [(self._preferred + step) % count for step in range(count)]
        for position in others:
            try:
                return self._read(position, ask, path, parameters)
            except (errors.CertificateMismatch, errors.WrongCluster, errors.SecondName, errors.Unauthenticated):
                # Another node would only hide that something is wrong with this one, or say the same.
                raise
            except errors.Unreachable:
                continue
            except errors.Unknown as error:
                if not error.elsewhere:
                    raise
        return self._read(last, ask, path, parameters)

    def post(self, path: ApiPath, parameters: Parameters) -> Any:
        """Write with a form body, once, to the URL that this thread read last."""
        return self._write("POST", path, parameters)

    def put(self, path: ApiPath, parameters: Parameters) -> Any:
        """Write with a form body to what exists, once, to the URL that this thread read last."""
        return self._write("PUT", path, parameters)

    def delete(self, path: ApiPath, parameters: Parameters) -> Any:
        """Delete with the parameters in the query, where Proxmox wants them; once."""
        return self._write("DELETE", path, parameters)

    def server_time(self) -> datetime | None:
        """Return the time of the server, to the second, in its last answer to the calling thread."""
        return self._connections.last_answer_at(self._asked)

    def malformed(self, path: ApiPath, detail: str, method: str = "GET") -> errors.ProxmoxError:
        """Return the error for an answer whose shape is wrong, for the readers of answers."""
        answer = self._connections.last_answer(self._preferred, method)
        return self._logged(malformed(self._connections.call(self._preferred, method, path), detail, answer))

    def set_aside(self, path: ApiPath, rows: Iterable[BadRow], notes: Iterable[str] = ()) -> None:
        """Log the parts of an answer that could not be understood; see `LoggedOnce.set_aside`."""
        self._logged_once.set_aside(path, rows, notes)

    def close(self) -> None:
        """Close the connections of the calling thread."""
        self._connections.close_connections()

    @property
    def _asked(self) -> int:
        """The position of the URL that this thread read last; the preferred one before it read any."""
        return int(getattr(self._counted, "asked", self._preferred))

    def _read_at(self, position: int, path: ApiPath) -> Any:
        self._recognise(position)
        return self._ask(position, path, {})

    def _read(self, position: int, ask: _Ask, path: ApiPath, parameters: Parameters) -> Any:
        self._recognise(position)
        data = ask(position, path, parameters)
        self._preferred = position
        return data

    def _recognise(self, position: int) -> None:
        def ask(path: ApiPath) -> Any:
            return self.kept.put((path, frozenset()), self._ask(position, path, {}))

        # A gateway with a path may lead each connection to another node.
        if not self._known_servers.is_known(position) and not self._addresses[position].prefix:
            self._ahead.send(position, partial(self._connections.read, position, parameters={}))
        try:
            self._known_servers.require(position, ask)
        except Malformed as error:
            raise malformed(self._connections.call(position, "GET", paths.top("nodes")), str(error)) from None

    def _require_recognised(self, position: int) -> None:
        """Raise an error unless the server is recognised: to ask it now would come after the last read (law 3)."""
        if not self._known_servers.is_known(position):
            self._recognise(position)
            raise connection_lost(self.cluster, self.answered_by)

    def _kept_or_asked(self, position: int, path: ApiPath, parameters: Parameters) -> Any:
        return self.kept.read((path, frozenset(parameters.items())), partial(self._ask, position, path, parameters))

    def _ask(self, position: int, path: ApiPath, parameters: Parameters) -> Any:
        self._counted.requests_sent, self._counted.asked = self.requests_sent + 1, position
        connections = self._connections
        sent = self._ahead.taken(position, path) if not parameters else None
        if sent is None or not connections.has_made(sent.connection):
            sent = connections.read(position, path, parameters)
        connections.take_over(position, sent.connection)
        return self._outcome(position, *sent)

    def _write(self, method: str, path: ApiPath, parameters: Parameters) -> Any:
        if self.read_only:
            raise may_only_read(self._connections.call(self._asked, method, path))
        position = self._asked
        self._require_recognised(position)
        connection = self._connections.to(position, method)
        call = self._connections.call(position, method, path)
        failure = connection.attempt(call, parameters)
        # The next write gets a connection of its own: on a used one, "dropped" could mean before as well as after.
        connection.adapter.close_connections()
        return self._outcome(position, connection, call, failure)

    def _outcome(self, position: int, connection: ThreadConnection, call: ApiCall, failure: Exception | None) -> Any:
        if failure is not None:
            # Raised out here, so that no exception that carries the request and its token hangs on to ours.
            error = translate(failure, call, connection.answer)
            if isinstance(error, errors.Unreachable) or dropped(failure):
                self._known_servers.forget(position)
            raise self._logged(error)
        if isinstance(connection.data, dict) and isinstance(connection.data.get("errors"), bytes):
            # proxmoxer's way to hand over what is not JSON.
            raise self._logged(not_json(call, connection.answer))
        return connection.data

    def _logged(self, error: errors.ProxmoxError) -> errors.ProxmoxError:
        if isinstance(error, errors.Unknown) and error.raw:
            log.debug("%s; it begins: %s", error.sentence, error.raw)
        return error
