"""HTTP as pveproxy speaks it."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import ssl
import threading
from urllib.parse import urlsplit

import pytest

from proximity_tui.simulator import Simulator
from proximity_tui.simulator.server import transport
from tests.simulator.lab import Lab
from tests.support.timing.meddling import asked, when
from tests.support.timing.waiting import LONGEST, until


def raw(lab: Lab, request: bytes) -> bytes:
    """Everything that comes back for these bytes, over TLS, until the connection is closed."""
    connection = lab.connection()
    connection.connect()
    try:
        connection.sock.sendall(request)
        answer = b""
        while chunk := connection.sock.recv(65_536):
            answer += chunk
        return answer
    finally:
        connection.close()


def test_an_answer_carries_proxmoxs_headers(lab: Lab) -> None:
    reply = lab.ask("GET", "/version")
    assert reply.headers["Server"] == "pve-api-daemon/3.0"
    assert reply.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert reply.headers["Connection"] == "Keep-Alive"


def test_a_connection_is_kept_for_good_answers_and_closed_after_bad_ones(lab: Lab) -> None:
    connection = lab.connection()
    assert lab.ask_on(connection, "GET", "/version").status == 200
    socket_before = connection.sock
    assert lab.ask_on(connection, "GET", "/version").status == 200
    assert connection.sock is socket_before
    assert lab.ask_on(connection, "GET", "/nosuch").headers["Connection"] == "close"
    assert connection.sock is None


def test_an_idle_connection_is_closed_by_the_server(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    # It idles from its first answer on, however long that takes to come.
    when(lab.simulator, asked("GET", "/version"), lambda: monkeypatch.setattr(transport, "IDLE_SECONDS", 0.05))
    connection = lab.connection()
    assert lab.ask_on(connection, "GET", "/version").status == 200
    assert connection.sock.recv(1) == b""
    with pytest.raises((http.client.RemoteDisconnected, ssl.SSLEOFError)):
        lab.ask_on(connection, "GET", "/version")
    connection.close()


def test_a_client_that_says_nothing_keeps_nobody_waiting(lab: Lab) -> None:
    url = urlsplit(lab.simulator.url)
    with socket.create_connection((str(url.hostname), int(url.port or 0))):
        assert lab.ask("GET", "/version").status == 200


def test_long_answers_are_packed_when_asked_for(demo: Lab) -> None:
    connection = demo.connection()
    connection.request(
        "GET",
        "/api2/json/cluster/resources",
        headers={"Authorization": str(demo.authorization), "Accept-Encoding": "gzip, deflate"},
    )
    response = connection.getresponse()
    assert response.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(response.read()))["data"]
    connection.close()
    assert "Content-Encoding" not in demo.ask("GET", "/cluster/resources").headers


def test_plain_http_is_sent_to_https(lab: Lab) -> None:
    url = urlsplit(lab.simulator.url)
    connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=LONGEST)
    connection.request("GET", "/somewhere")
    response = connection.getresponse()
    assert (response.status, response.headers["Location"]) == (301, f"{lab.simulator.url}/somewhere")
    connection.close()


@pytest.mark.parametrize(
    ("request_line", "status_line"),
    [
        (b"PATCH /api2/json/version HTTP/1.1\r\n\r\n", b"501 method 'PATCH' not available"),
        (
            b"DELETE /api2/json/nodes/pve1/lxc/999 HTTP/1.1\r\nContent-Length: 7\r\n\r\nforce=1",
            b"501 Unexpected content for method 'DELETE'",
        ),
        (
            b"POST /api2/json/version HTTP/1.1\r\nContent-Length: 600000\r\n\r\n" + b"x" * 600_000,
            b"501 for data too large",
        ),
        (b"GET /api2/xml/version HTTP/1.1\r\n\r\n", b"501 no formatter for uri /version, xml"),
        (b"nonsense\r\n\r\n", b"501 unable to parse request"),
    ],
)
def test_what_is_refused_before_anybody_looks(lab: Lab, request_line: bytes, status_line: bytes) -> None:
    answer = raw(lab, request_line)
    assert answer.startswith(b"HTTP/1.1 " + status_line + b"\r\n")
    assert answer.endswith(b"Content-Length: 0\r\n\r\n")


def test_unknown_calls_are_not_implemented(lab: Lab) -> None:
    reply = lab.ask("GET", "/nosuchpath")
    assert reply.failure == "501 Method 'GET /nosuchpath' not implemented"
    assert lab.ask("POST", "/version").failure == "501 Method 'POST /version' not implemented"


def test_doubled_and_trailing_slashes_mean_nothing(lab: Lab) -> None:
    assert lab.get("/nodes//pve1/lxc/") == []


def test_json_bodies_may_carry_real_booleans(lab: Lab) -> None:
    lab.world.add_container(101)
    connection = lab.connection()
    headers = {"Authorization": str(lab.authorization), "Content-Type": "application/json"}
    connection.request("PUT", "/api2/json/nodes/pve1/lxc/101/config", json.dumps({"onboot": True}), headers)
    assert connection.getresponse().status == 200
    connection.close()
    assert lab.get("/nodes/pve1/lxc/101/config")["onboot"] == 1


def test_stopping_is_prompt_whatever_clients_do() -> None:
    lab = Lab()
    lab.simulator.start()
    lab.simulator.faults.hang("/version")
    idle, hanging = lab.connection(), lab.connection()
    lab.ask_on(idle, "GET", "/nodes")
    asked = threading.Thread(target=_ask_in_vain, args=(lab, hanging), daemon=True)
    asked.start()
    until(lambda: lab.simulator.journal.count(path_contains="/version"))
    lab.simulator.stop()
    asked.join(LONGEST)
    assert not asked.is_alive()
    idle.close()
    hanging.close()
    with pytest.raises(OSError, match="refused"):
        lab.ask("GET", "/nodes")


def _ask_in_vain(lab: Lab, connection: http.client.HTTPSConnection) -> None:
    with pytest.raises((OSError, http.client.HTTPException)):
        lab.ask_on(connection, "GET", "/version")


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_an_address_of_ipv6_is_listened_on_and_told_as_a_url() -> None:
    with Simulator("empty", listen=("::1", 0)) as simulator:
        address = urlsplit(simulator.url)
        trusted = ssl.create_default_context(cadata=simulator.ca_pem)
        connection = http.client.HTTPSConnection("::1", address.port or 0, context=trusted, timeout=LONGEST)
        connection.request("GET", "/api2/json/version")
        assert (address.hostname, connection.getresponse().status) == ("::1", 401)
        connection.close()
