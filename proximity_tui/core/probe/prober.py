"""The connects of a probe: connect and close, no data, at a rate, a few at once, each with an end.

It takes only addresses that a policy admitted (`policy.py`), exactly the ports that it is given, each once.
"""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Iterable
from time import monotonic, sleep
from typing import NamedTuple

from proximity_tui.core.model.guests.probe_result import PortOutcome
from proximity_tui.core.model.limits import ProbePace
from proximity_tui.core.probe.policy import ProbeAddress

_NOT_THERE = frozenset({errno.EHOSTUNREACH, errno.ETIMEDOUT, errno.EACCES, errno.EPERM})
"""What a firewall or a router makes of a connect; any other failure is one of this machine."""


class Endpoint(NamedTuple):
    """One connect: an address that may be probed, and a port."""

    address: ProbeAddress
    port: int


def probe(endpoints: Iterable[Endpoint], pace: ProbePace) -> dict[Endpoint, PortOutcome]:
    """Connect to each endpoint once, and return what was met; an endpoint that this machine could not ask is left out.
    Blocks for at most `pace.longest` seconds and a little more.
    """
    found: dict[Endpoint, PortOutcome] = {}
    turns = _Turns(endpoints, pace.rate)

    def work() -> None:
        while (endpoint := turns.take()) is not None:
            outcome = _ask(endpoint, pace.timeout)
            if outcome is not None:
                found[endpoint] = outcome

    threads = [threading.Thread(target=work, name="probe", daemon=True) for _ in range(pace.at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


class _Turns:
    """The endpoints, each once, at moments that are evenly apart, whoever waits for them."""

    def __init__(self, endpoints: Iterable[Endpoint], rate: float) -> None:
        self._left = iter(dict.fromkeys(endpoints))
        self._apart = 1 / rate
        self._next = monotonic()
        self._lock = threading.Lock()

    def take(self) -> Endpoint | None:
        """Return the next endpoint when its connect may begin, or None when there is none left."""
        with self._lock:
            endpoint = next(self._left, None)
            at = max(self._next, monotonic())
            self._next = at + self._apart
        if endpoint is not None:
            sleep(max(0.0, at - monotonic()))
        return endpoint


def _ask(endpoint: Endpoint, timeout: float) -> PortOutcome | None:
    """Connect and close; return what was met, None where this machine could not ask."""
    family = socket.AF_INET6 if ":" in endpoint.address.text else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as made:
            made.settimeout(timeout)
            made.connect((endpoint.address.text, endpoint.port))
    except ConnectionRefusedError:
        return PortOutcome.CLOSED
    except TimeoutError:
        return PortOutcome.FILTERED
    except OSError as error:
        return PortOutcome.FILTERED if error.errno in _NOT_THERE else None
    return PortOutcome.OPEN
