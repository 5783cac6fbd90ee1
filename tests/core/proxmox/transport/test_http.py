"""What a session does with connections: when it asks again, when it never does, and whom it asks."""

from __future__ import annotations

import gc
import socket
import threading
from datetime import UTC, datetime

import pytest

from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.transport import thread_connections
from tests.core.proxmox.conftest import TOKEN_ID, TOKEN_SECRET
from tests.core.proxmox.scripted import DROP, HANG, Reply, dated, ok, redirect, refused
from tests.support.timing.waiting import LONGEST, until

VERSION = paths.top("version")
START = paths.guest("pve1", 105, "status", "start")
THAT_MOMENT = datetime(2026, 11, 30, 1, 22, 34, tzinfo=UTC)
A_TASK = "UPID:pve1:000007D0:00045CFE:6B03F131:vzstart:105:labadmin@pve!full:"


@pytest.fixture
def dead_url():
    """A URL at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"https://127.0.0.1:{port}"


def test_a_read_sends_the_token_and_gives_the_data(serve, session_to):
    server = serve(ok({"release": "9.2"}))
    assert session_to(server).get(VERSION) == {"release": "9.2"}
    assert server.lines == ["GET /api2/json/version HTTP/1.1"]
    assert f"Authorization: PVEAPIToken={TOKEN_ID}={TOKEN_SECRET}" in server.requests[0]


def test_reads_share_a_connection(serve, session_to):
    server = serve(ok([]))
    session = session_to(server)
    for _ in range(3):
        session.get(VERSION)
    assert (len(server.requests), server.connections) == (3, 1)


def test_a_read_whose_connection_was_dropped_is_asked_once_more(serve, session_to):
    server = serve(ok(1), DROP, ok(2))
    session = session_to(server)
    assert [session.get(VERSION), session.get(VERSION)] == [1, 2]
    assert len(server.requests) == 3


def test_a_read_that_is_dropped_twice_is_unknown(serve, session_to):
    server = serve(DROP)
    with pytest.raises(errors.Unknown) as caught:
        session_to(server).get(VERSION)
    assert len(server.requests) == 2
    assert not caught.value.may_have_run
    assert "dropped" in caught.value.sentence


def test_a_write_whose_connection_was_dropped_is_not_repeated(serve, session_to):
    server = serve(DROP, ok(A_TASK))
    with pytest.raises(errors.Unknown) as caught:
        session_to(server).post(START, {})
    assert server.lines == ["POST /api2/json/nodes/pve1/lxc/105/status/start HTTP/1.1"]
    assert caught.value.may_have_run
    assert "look up its task" in caught.value.sentence


def test_a_write_never_rides_on_a_connection_that_is_already_there(serve, session_to):
    server = serve(ok(A_TASK))
    session = session_to(server)
    session.get(VERSION)
    session.post(START, {})
    session.post(START, {})
    assert server.connections == 3


def test_a_connection_that_idled_too_long_is_not_used_for_a_read(serve, session_to, clock, monkeypatch):
    monkeypatch.setattr(thread_connections, "LONGEST_IDLE", 4.0)
    server = serve(ok(1))
    session = session_to(server)
    session.get(VERSION)
    clock.ahead += 4.1
    session.get(VERSION)
    assert (len(server.requests), server.connections) == (2, 2)


def test_every_thread_has_its_own_connection(serve, session_to):
    server = serve(ok(1))
    session = session_to(server)

    def read_twice() -> None:
        session.get(VERSION)
        session.get(VERSION)
        session.close()

    threads = [threading.Thread(target=read_twice) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(server.requests), server.connections) == (8, 4)


def test_a_thread_that_ends_leaves_no_connection_behind(serve, session_to):
    server = serve(ok(1))
    session = session_to(server)
    thread = threading.Thread(target=session.get, args=(VERSION,))
    thread.start()
    thread.join()
    gc.collect()
    assert server.closed.wait(LONGEST)


def test_a_read_without_an_answer_ends_after_the_read_timeout(serve, session_to):
    server = serve(HANG)
    with pytest.raises(errors.Unknown, match=r"no answer within 0\.2 s") as caught:
        session_to(server, read_timeout=0.2, write_timeout=LONGEST).get(VERSION)
    until(lambda: len(server.requests) == 1)
    assert not caught.value.may_have_run


def test_a_write_without_an_answer_ends_after_the_write_timeout_and_may_have_run(serve, session_to):
    server = serve(HANG)
    with pytest.raises(errors.Unknown, match=r"no answer within 0\.2 s") as caught:
        session_to(server, write_timeout=0.2, read_timeout=LONGEST).post(START, {})
    until(lambda: len(server.requests) == 1)
    assert caught.value.may_have_run


def test_nobody_listening_means_that_nothing_ran(session_to, serve, dead_url):
    session = session_to(serve(ok(1)), urls=(dead_url,))
    for call in (lambda: session.get(VERSION), lambda: session.post(START, {})):
        with pytest.raises(errors.Unreachable, match="connection refused") as caught:
            call()
        assert not caught.value.may_have_run
        assert caught.value.brief == "does not answer (connection refused); check that pveproxy runs"
        assert caught.value.sentence == f"{session.cluster}: {dead_url} {caught.value.brief}"


def test_a_handshake_that_never_ends_means_that_nothing_ran(session_to, serve):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        session = session_to(serve(ok(1)), urls=(url,), connect_timeout=0.2, write_timeout=LONGEST)
        with pytest.raises(errors.Unreachable, match=r"within 0\.2 s") as caught:
            session.post(START, {})
    assert not caught.value.may_have_run


def test_a_host_name_that_does_not_exist_is_unreachable(session_to, serve):
    session = session_to(serve(ok(1)), urls=("https://no-such-host.invalid:8006",))
    with pytest.raises(errors.Unreachable, match="cannot be resolved"):
        session.get(VERSION)


def test_reads_pass_over_a_dead_url_and_remember_which_one_answered(serve, session_to, dead_url):
    server = serve(ok(A_TASK))
    session = session_to(server, urls=(dead_url, server.url))
    assert session.url == dead_url
    session.get(VERSION)
    assert session.url == server.url
    session.post(START, {})
    assert len(server.requests) == 2


def test_a_write_does_not_go_looking_for_another_url(serve, session_to, dead_url):
    server = serve(ok(A_TASK))
    with pytest.raises(errors.Unreachable):
        session_to(server, urls=(dead_url, server.url)).post(START, {})
    assert server.requests == []


def test_no_url_that_answers_is_the_error_of_the_last_one(serve, session_to, dead_url):
    with pytest.raises(errors.Unreachable, match="cannot be resolved"):
        session_to(serve(ok(1)), urls=(dead_url, "https://no-such-host.invalid:8006")).get(VERSION)


def test_reads_pass_over_a_node_whose_cluster_file_system_is_down(serve, session_to):
    reason = "RPCEnvironment init request failed: Unable to load access control list: Connection refused"
    broken, server = serve(refused(500, reason)), serve(ok(1))
    session = session_to(broken, server)
    assert session.get(VERSION) == 1
    assert session.url == server.url
    with pytest.raises(errors.Unknown, match="cluster file system is down"):
        session_to(broken).get(VERSION)


@pytest.mark.parametrize(
    ("told", "time"),
    [
        ("Mon, 30 Nov 2026 01:22:34 GMT", THAT_MOMENT),
        ("Mon, 30 Nov 2026 01:22:34 -0000", THAT_MOMENT),
        ("Mon, 30 Nov 2026 01:22:34", THAT_MOMENT),
        ("yesterday", None),
        ("Mon, 30 Nov 2026 01:22:34 +99999999999999999999", None),
    ],
)
def test_the_time_of_a_server_has_a_zone_or_is_not_known(serve, session_to, told, time):
    session = session_to(serve(dated(told)))
    session.get(VERSION)
    assert session.server_time() == time


def test_the_time_of_a_server_is_that_of_the_thread_that_read_it(serve, session_to):
    """Another thread turned to the next server in between: the time was one of long ago, or none."""
    first, second = serve(dated("Mon, 30 Nov 2026 01:22:34 GMT"), DROP, DROP), serve(ok(1))
    session = session_to(first, second)
    session.get(VERSION)
    other = threading.Thread(target=session.get, args=(VERSION,))
    other.start()
    other.join()
    assert session.url.endswith(second.url.rpartition(":")[2])
    assert session.server_time() == THAT_MOMENT


def test_a_read_only_session_refuses_every_write_before_anything_is_sent(serve, session_to):
    server = serve(ok(A_TASK))
    session = session_to(server, read_only=True)
    for write in (session.post, session.delete):
        with pytest.raises(errors.ReadOnly, match="may only read"):
            write(START, {})
    assert server.connections == 0
    assert session.get(VERSION) == A_TASK


def test_a_redirect_is_not_followed(serve, session_to):
    elsewhere = serve(ok(A_TASK))
    server = serve(redirect(f"{elsewhere.url}/api2/json/version"))
    session = session_to(server, elsewhere, urls=(server.url,))
    for call in (lambda: session.get(VERSION), lambda: session.post(START, {})):
        with pytest.raises(errors.Unknown, match="redirect"):
            call()
    assert elsewhere.connections == 0


def test_proxies_and_bundles_and_passwords_of_the_environment_are_ignored(serve, session_to, monkeypatch, tmp_path):
    proxy = serve(DROP)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(tmp_path / "none.pem"))
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(ok(1))
    assert session_to(server).get(VERSION) == 1
    assert proxy.connections == 0
    assert "PVEAPIToken" in server.requests[0]


def test_a_cookie_of_a_load_balancer_is_not_sent_back(serve, session_to):
    server = serve(Reply(ok(1).content.replace(b"Content-Type", b"Set-Cookie: lb=abc; Path=/\r\nContent-Type")))
    session = session_to(server)
    session.get(VERSION)
    session.get(VERSION)
    assert "cookie" not in server.requests[1].lower()


def test_the_path_of_a_reverse_proxy_is_put_before_the_api(serve, session_to):
    server = serve(ok(1))
    session_to(server, urls=(f"{server.url}/pve/lab",)).get(VERSION)
    assert server.lines == ["GET /pve/lab/api2/json/version HTTP/1.1"]


def test_parameters_of_a_delete_go_into_the_query(serve, session_to):
    server = serve(ok(A_TASK))
    session_to(server).delete(paths.guest("pve1", 105), {"purge": 0, "destroy-unreferenced-disks": 0})
    head, _, body = server.requests[0].partition("\r\n\r\n")
    assert head.startswith("DELETE /api2/json/nodes/pve1/lxc/105?purge=0&destroy-unreferenced-disks=0 ")
    assert body == ""
