"""The connects of a probe, counted on the wire: each endpoint once, nothing sent, closed at once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from proximity_tui.core.model.guests.probe_result import PortOutcome
from proximity_tui.core.model.limits import ProbePace
from proximity_tui.core.probe.policy import LoopbackOnly, ProbeAddress
from proximity_tui.core.probe.prober import Endpoint, probe
from tests.support.timing.waiting import LONGEST

PACE = ProbePace(rate=200, at_once=4, timeout=LONGEST)


def here(text: str = "127.0.0.1") -> ProbeAddress:
    admitted = LoopbackOnly().admit(text)
    assert admitted is not None
    return admitted


@pytest.fixture
def listeners() -> Iterator[list[socket.socket]]:
    """Five ports of this machine that somebody listens on."""
    with ExitStack() as stack:
        yield [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(5)]


def accepted(listener: socket.socket) -> list[bytes]:
    """What came with each connection to a listener, up to its end."""
    listener.setblocking(False)
    found: list[bytes] = []
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return found
        with connection:
            connection.setblocking(True)
            found.append(connection.recv(100))


def test_each_endpoint_is_connected_to_once_and_nothing_is_sent(listeners: list[socket.socket]) -> None:
    ports = [one.getsockname()[1] for one in listeners]
    met = probe([Endpoint(here(), port) for port in [*ports, *ports]], PACE)
    assert met == {Endpoint(here(), port): PortOutcome.OPEN for port in ports}
    assert [accepted(one) for one in listeners] == [[b""]] * 5, "one connection each, without a byte"


def test_a_port_that_nobody_listens_on_is_closed() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        endpoint = Endpoint(here(), bound.getsockname()[1])
        assert probe([endpoint], PACE) == {endpoint: PortOutcome.CLOSED}


def test_a_port_that_does_not_answer_is_filtered_and_has_an_end() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as stack:
        # A queue that is full drops what asks to get in, as a firewall does.
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        endpoint = Endpoint(here(), full.getsockname()[1])
        met = probe([endpoint], ProbePace(rate=200, at_once=1, timeout=0.2))
    assert met == {endpoint: PortOutcome.FILTERED}


def test_the_longest_time_is_known_before() -> None:
    assert ProbePace(rate=20, at_once=4, timeout=2).longest(19) == pytest.approx(0.95 + 10)
    assert probe([], PACE) == {}
