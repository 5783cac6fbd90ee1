"""Every wait for an answer has an end, for the whole of it (law 10)."""

from __future__ import annotations

import socket
import threading

import pytest

from proximity_tui.core.engine.observe import collect, inspection
from proximity_tui.core.engine.observe.collect import collect_cluster
from proximity_tui.core.model import GuestNotSeen, Presence
from proximity_tui.core.proxmox import errors, paths
from tests.core.proxmox.scripted import Reply, Scripted, ok
from tests.support.records.make import container, whole_records
from tests.support.timing.waiting import LONGEST

VERSION = paths.top("version")
START = paths.guest("pve1", 105, "status", "start")

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WHOLE = HEAD + b'Content-Length: 2000\r\n\r\n{"data": "' + b"x" * 1990
TRICKLES = {
    "every byte": WHOLE,
    "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 500,
    "headers": HEAD + b"X-Header: x\r\n" * 90,
    "one header": HEAD + b"X-Header: " + b"x" * 2000,
    "go on": b"HTTP/1.1 100 Continue\r\n\r\n" * 200,
}


@pytest.mark.parametrize("content", TRICKLES.values(), ids=TRICKLES)
def test_an_answer_that_trickles_in_ends_at_the_deadline_of_the_whole(serve, session_to, content):
    session = session_to(serve(Reply(content, pace=0.005, close=True)), read_timeout=0.2, write_timeout=0.2)
    for write in (False, True):
        with pytest.raises(errors.Unknown, match=r"no (complete )?answer within 0\.2 s") as caught:
            session.post(START, {}) if write else session.get(VERSION)
        assert caught.value.may_have_run is write


def test_another_url_is_asked_when_the_first_trickles_and_stays_the_one_in_use(serve, session_to, clock):
    def trickling(_):
        clock.ahead += LONGEST + 1
        return Reply(WHOLE, pace=0.01, close=True)

    good = serve(ok("here"))
    with Scripted(trickling) as first:
        session = session_to(first, good)
        assert session.get(VERSION) == "here"
        assert session.get(VERSION) == "here"
        assert (session.url, len(first.requests)) == (good.url, 1)


def test_a_look_of_many_requests_has_one_end_and_what_comes_later_is_not_asked(serve, session_to, clock):
    server = serve(ok(1))
    session = session_to(server)
    with session.within(100):
        assert session.get(VERSION) == 1
        with session.within(10):
            clock.ahead += 11
            with pytest.raises(errors.Unreachable, match="it was not sent, because earlier requests took too long"):
                session.get(VERSION)
        assert session.get(VERSION) == 1
        clock.ahead += 90
        with pytest.raises(errors.Unreachable):
            session.get(VERSION)
    assert session.get(VERSION) == 1
    assert len(server.requests) == 3


def test_the_end_of_one_thread_s_look_is_not_that_of_another(serve, session_to, clock):
    session = session_to(serve(ok(1)))
    seen = []
    with session.within(10):
        clock.ahead += 11
        other = threading.Thread(target=lambda: seen.append(session.get(VERSION)))
        other.start()
        other.join()
    assert seen == [1]


def test_a_look_and_a_survey_of_a_cluster_that_is_ever_slower_end_and_prove_nothing(lab, client, clock, monkeypatch):
    monkeypatch.setattr(inspection, "PATIENCE", 60.0)
    monkeypatch.setattr(collect, "PATIENCE", 120.0)

    def slowly(data):
        clock.ahead += 45
        return data

    gone = [container(id=vmid, vmid=vmid, cluster="lab", name=f"gone{vmid}") for vmid in range(300, 330)]
    lab.faults.rewrite(slowly)
    seen = inspection.inspect_guest(client, 101)
    assert isinstance(seen, GuestNotSeen)
    assert seen.presence is Presence.UNKNOWN
    lab.journal.clear()
    found = collect_cluster(client, whole_records(gone), clock)
    assert len(lab.journal.entries()) < 12
    assert all(answer.free is not True for answer in list(found.existence.values())[5:])
    assert found.blocked is not None


@pytest.mark.parametrize("seconds", ["monotonic", "wall"])
def test_law_3_a_write_that_connects_for_too_long_is_not_sent(
    serve, session_to, clock, monkeypatch: pytest.MonkeyPatch, seconds: str
) -> None:
    """What was read before it may not be true any more: after a slow resolver, or a process that stood still."""
    server = serve(ok(1))
    session = session_to(server)
    session.get(VERSION)
    resolve = socket.getaddrinfo

    def slowly(*args, **kwargs):
        if seconds == "monotonic":
            clock.ahead += 2 * LONGEST + 1
        else:
            clock.set_ahead += 2 * LONGEST + 1
        return resolve(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", slowly)
        with pytest.raises(errors.Unreachable, match="connecting took too long, so it was not sent") as caught:
            session.post(START, {})
    assert not caught.value.may_have_run
    assert [one.split()[0] for one in server.requests] == ["GET"]
    session.post(START, {})
    assert [one.split()[0] for one in server.requests] == ["GET", "POST"]


def test_a_read_may_connect_for_as_long_as_it_likes(serve, session_to, clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is true when it is answered."""
    session = session_to(serve(ok("here")))
    resolve = socket.getaddrinfo

    def slowly(*args, **kwargs):
        clock.ahead += 2 * LONGEST + 1
        return resolve(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    assert session.get(VERSION) == "here"
