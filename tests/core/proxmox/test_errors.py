"""What may be concluded from each way an answer can be wrong. Statuses and texts are recorded 8.4 and 9.2 behaviour."""

from __future__ import annotations

import gzip
import traceback

import pytest

from proximity_tui.core.proxmox import errors, paths
from tests.core.proxmox.conftest import TOKEN_SECRET
from tests.core.proxmox.scripted import Reply, ok, raw, redirect, refused

STATUS = paths.guest("pve1", 999, "status", "current")
START = paths.guest("pve1", 999, "status", "start")
NO_CONFIG = "Configuration file 'nodes/pve1/lxc/999.conf' does not exist"
NO_TIMES_596 = "Connection timed out"


def failing(session, *, write=False):
    """The error that a call to `session` ends in."""
    with pytest.raises(errors.ProxmoxError) as caught:
        session.post(START, {}) if write else session.get(STATUS)
    assert str(caught.value) == caught.value.sentence
    assert caught.value.sentence.isprintable()
    assert caught.value.sentence.endswith(caught.value.brief)
    return caught.value


def with_message(status, reason):
    """An error of 8.4 or later: the whole text is in the body, too."""
    return refused(status, reason, {"data": None, "message": f"{reason}\n"})


def test_a_guest_that_the_node_does_not_own_is_not_found_there(answered):
    error = failing(answered(with_message(500, NO_CONFIG)))
    assert type(error) is errors.GuestNotFound
    assert (error.node, error.vmid) == ("pve1", 999)
    assert "another node" in error.sentence


def test_the_reason_phrase_is_enough_as_before_8_4(answered):
    assert type(failing(answered(refused(500, NO_CONFIG)))) is errors.GuestNotFound


def test_the_body_is_enough_where_a_proxy_rewrote_the_reason_phrase(answered):
    reply = refused(500, "Internal Server Error", {"data": None, "message": f"{NO_CONFIG}\n"})
    assert type(failing(answered(reply))) is errors.GuestNotFound


def test_a_node_that_the_cluster_does_not_know_is_not_found(answered):
    reason = "hostname lookup 'pve1' failed - failed to get address info for: pve1: Name or service not known"
    error = failing(answered(with_message(500, reason)))
    assert type(error) is errors.GuestNotFound
    assert (error.node, error.vmid) == ("pve1", None)


@pytest.mark.parametrize(
    "reason",
    [
        "RPCEnvironment init request failed: Unable to load access control list: Connection refused",
        "ipcc_send_rec[1] failed: Connection refused",
    ],
)
def test_a_dead_cluster_file_system_is_unknown_and_never_not_found(answered, reason):
    for write in (False, True):
        error = failing(answered(refused(500, reason)), write=write)
        assert type(error) is errors.Unknown
        assert not error.may_have_run


@pytest.mark.parametrize(
    ("reason", "privilege", "path"),
    [
        ("Permission check failed (/vms/103, VM.Audit)", "VM.Audit", "/vms/103"),
        (
            "Permission check failed (/vms/102, VM.Config.Disk|VM.Config.CPU)",
            "VM.Config.Disk|VM.Config.CPU",
            "/vms/102",
        ),
        ("only allowed for root@pam", None, None),
    ],
)
def test_what_we_may_not_is_denied_with_the_missing_privilege(answered, reason, privilege, path):
    error = failing(answered(with_message(403, reason)))
    assert type(error) is errors.Denied
    assert (error.privilege, error.path) == (privilege, path)
    assert (path or reason) in error.sentence


def test_a_denied_change_says_what_it_needs_and_who_prints_the_lines(answered):
    named = failing(answered(with_message(403, "Permission check failed (/vms/999, VM.PowerMgmt)")), write=True)
    assert "the token lacks VM.PowerMgmt on /vms/999; proximity-tui doctor prints the lines that" in named.sentence
    unnamed = failing(answered(with_message(403, "Permission check failed")), write=True)
    assert "it needs VM.PowerMgmt on /vms; proximity-tui doctor" in unnamed.sentence
    root_only = failing(answered(with_message(403, "changing the hookscript is only allowed for root@pam")), write=True)
    assert root_only.sentence.endswith("only allowed for root@pam, whatever it is granted")


@pytest.mark.parametrize(
    ("reply", "brief"),
    [
        (refused(401, "No ticket"), "Proxmox does not accept the token (No ticket); check the token id"),
        (refused(403, "Permission check failed (/vms/999, VM.Audit)"), "the token lacks VM.Audit on /vms/999"),
        (refused(500, "ipcc_send_rec[1] failed"), "the node's cluster file system is down (ipcc_send_rec[1] failed)"),
        (refused(501, "Method 'GET /x' not implemented"), "refused: Method 'GET /x' not implemented"),
        (raw(b"<html>"), "malformed answer: "),
    ],
)
def test_the_brief_form_names_neither_the_cluster_nor_the_request(answered, reply, brief):
    assert failing(answered(reply)).brief.startswith(brief)


@pytest.mark.parametrize("reason", ["Authentication failed!", "No ticket", "permission denied - invalid PVE ticket"])
def test_a_token_that_is_not_accepted_is_unauthenticated_and_nothing_ran(answered, reason):
    error = failing(answered(refused(401, reason)), write=True)
    assert type(error) is errors.Unauthenticated
    assert isinstance(error, errors.Unreachable)
    assert not error.may_have_run
    assert reason in error.sentence


def test_a_second_url_is_not_asked_about_a_token_that_the_first_refused(serve, session_to):
    first, second = serve(refused(401, "Authentication failed!")), serve(ok({}))
    with pytest.raises(errors.Unauthenticated):
        session_to(first, second).get(STATUS)
    assert second.connections == 0


@pytest.mark.parametrize(
    "reason",
    [
        "CT is locked (backup)",
        "can't lock file '/run/lock/lxc/pve-config-105.lock' - got timeout",
        "cfs-lock 'storage-local' error: got lock request timeout",
    ],
)
def test_a_lock_is_busy(answered, reason):
    error = failing(answered(with_message(500, reason)), write=True)
    assert type(error) is errors.Busy
    assert error.reason == reason
    assert not error.may_have_run


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("unable to destroy CT 101 - container is running", errors.RefusedByProxmox),
        ("can't remove CT 103 - protection mode enabled", errors.RefusedByProxmox),
        ("cluster not ready - no quorum?", errors.RefusedByProxmox),
        ("CT 999 not running", errors.RefusedByProxmox),
        ("detected modified configuration - file changed by other user? Try again.", errors.ConfigChanged),
    ],
)
def test_every_other_500_is_a_refusal_word_for_word(answered, reason, kind):
    error = failing(answered(with_message(500, reason)), write=True)
    assert type(error) is kind
    assert isinstance(error, errors.RefusedByProxmox)
    assert error.reason == reason
    assert reason in error.sentence


def test_a_400_names_the_parameters(answered):
    body = {
        "data": None,
        "message": "Parameter verification failed.\n",
        "errors": {"net0": "format error\nnet0.foo: bad\n"},
    }
    error = failing(answered(refused(400, "Parameter verification failed.", body)), write=True)
    assert type(error) is errors.RefusedByProxmox
    assert error.errors == {"net0": "format error␊net0.foo: bad"}
    assert "net0: format error" in error.sentence


def test_a_call_that_this_version_does_not_know_is_refused(answered):
    error = failing(answered(with_message(501, "Method 'GET /nosuchpath' not implemented")))
    assert type(error) is errors.RefusedByProxmox


def test_595_means_that_the_node_was_not_reached_and_nothing_ran(answered):
    for reason in ("No route to host", "Connection timed out", "Connection refused"):
        error = failing(answered(refused(595, reason)), write=True)
        assert type(error) is errors.Unknown
        assert not error.may_have_run
        assert "did not run" in error.sentence


@pytest.mark.parametrize("status", [596, 597, 598, 599, 502, 503, 504])
def test_a_proxy_that_gave_up_leaves_open_whether_a_write_ran(answered, status):
    assert failing(answered(refused(status, NO_TIMES_596)), write=True).may_have_run
    error = failing(answered(refused(status, NO_TIMES_596)))
    assert type(error) is errors.Unknown
    assert not error.may_have_run


@pytest.mark.parametrize(
    "reply",
    [
        raw(b"<html><body>Please sign in</body></html>", "text/html"),
        raw(b""),
        raw(b"{}"),
        raw(b"[]"),
        raw(b"null"),
        raw(b'"data"'),
        raw(b'{"data": {"status": "runn'),
        raw(b"\xff\xfe"),
        raw(b"[" * 100_000),
        raw(b'{"data": ' + b"9" * 5000 + b"}"),
        Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\": ", close=True),
        Reply(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", close=True),
        Reply(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", close=True),
        Reply(b"SSH-2.0-OpenSSH_9.2\r\n", close=True),
        Reply(b"HTTP/1.1 abc\r\n\r\n", close=True),
    ],
)  # fmt: skip
def test_what_is_not_an_answer_of_proxmox_is_unknown(answered, reply):
    error = failing(answered(reply))
    assert type(error) is errors.Unknown
    assert not error.may_have_run
    assert failing(answered(reply), write=True).may_have_run


@pytest.mark.parametrize(
    "body", ["null", "[]", '"text"', "5", '{"errors": ["a"]}', '{"message": 5}', '{"errors": {"a": 1}}', "<p>"]
)
def test_an_error_whose_body_is_strange_is_still_that_error(answered, body):
    head = f"HTTP/1.1 500 {NO_CONFIG}\r\nContent-Length: {len(body)}\r\n\r\n"
    assert type(failing(answered(Reply(f"{head}{body}".encode(), close=True)))) is errors.GuestNotFound


def test_a_reason_phrase_in_utf8_is_readable(answered):
    error = failing(answered(refused(500, "Gerät fehlt")))
    assert error.reason == "Gerät fehlt"


def test_a_reason_phrase_in_another_encoding_is_still_a_reason(answered):
    error = failing(
        answered(Reply("HTTP/1.1 500 Gerät fehlt\r\nContent-Length: 0\r\n\r\n".encode("latin-1"), close=True))
    )
    assert error.reason == "Gerät fehlt"


def test_the_words_of_a_hostile_server_are_plain_and_short(answered):
    error = failing(answered(with_message(500, "no \x1b]0;owned\x07 \u202e" + "x" * 5000)))
    assert "\x1b" not in error.sentence
    assert len(error.sentence) < 700


def test_an_answer_larger_than_anything_of_proxmox_is_not_kept(answered, monkeypatch):
    monkeypatch.setattr("proximity_tui.core.proxmox.transport.trust.LARGEST_ANSWER", 1000)
    assert type(failing(answered(ok("x" * 2000)))) is errors.Unknown


def test_no_error_carries_the_token_or_the_exception_that_does(answered, serve, session_to, caplog):
    caplog.set_level("DEBUG")
    replies = [
        refused(401, f"token {TOKEN_SECRET} invalid"),
        refused(500, f"no {TOKEN_SECRET}"),
        raw(b"x"),
        Reply(close=True),
    ]
    for reply in replies:
        for write in (False, True):
            error = failing(answered(reply), write=write)
            shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())
            assert TOKEN_SECRET not in shown + repr(error) + repr(vars(error))
            assert error.__cause__ is None
            assert error.__context__ is None
    session = session_to(serve(ok({})))
    session.get(STATUS)
    assert TOKEN_SECRET not in repr(session) + repr(vars(session))
    assert TOKEN_SECRET not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith(("proxmoxer", "urllib3"))]


PAGE = b"<html><head><title>Denied</title></head><body><h1>Access denied</h1></body></html>"


def page(status, phrase, *headers, body=PAGE):
    lines = [f"HTTP/1.1 {status} {phrase}", f"Content-Length: {len(body)}", *headers, "", ""]
    return Reply("\r\n".join(lines).encode() + body, close=True)


@pytest.mark.parametrize(
    ("status", "phrase"),
    [(401, "Authorization Required"), (403, "Forbidden"), (404, "Not Found"), (407, "Proxy Authentication Required"),
     (500, "Internal Server Error"), (502, "Bad Gateway"), (200, "OK"), (403, "Blocked by policy 7")],
)  # fmt: skip
def test_of_a_page_of_something_between_nothing_is_concluded(answered, status, phrase):
    reply = page(status, phrase, "Server: nginx/1.22.1", "Content-Type: text/html")
    for write in (False, True):
        error = failing(answered(reply), write=write)
        assert type(error) is errors.Unknown
        assert error.may_have_run is write
        assert error.elsewhere
        if status != 502:
            assert "not from Proxmox but from something in front of it" in error.sentence
            assert f"{status} {phrase} (server: nginx/1.22.1)" in error.sentence
        assert error.raw.startswith("<html><head><title>Denied")


@pytest.mark.parametrize(
    "reply",
    [
        page(401, "Unauthorized", 'WWW-Authenticate: Basic realm="x"', body=b""),
        page(401, "Unauthorized", "Server: awselb/2.0", body=b""),
        page(403, "Forbidden", "Content-Type: application/json", body=b'{"message": "Forbidden"}'),
        page(404, "Not Found", body=b"no such page"),
        page(403, "Blocked by policy 7", "Server: waf", body=b"blocked"),
        page(500, "Upstream failed", "Server: envoy", body=b"upstream connect error"),
    ],
)
def test_without_a_word_of_proxmox_a_refusal_is_nobody_s(answered, reply):
    assert type(failing(answered(reply))) is errors.Unknown


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (page(401, "Unauthorized", "Server: pve-api-daemon/3.0", body=b""), errors.Unauthenticated),
        (page(401, "permission denied - invalid PVE ticket", "Server: nginx", body=b""), errors.Unauthenticated),
        (
            page(403, "Forbidden", "Server: nginx", "Content-Type: application/json",
                 body=b'{"data":null,"message":"Permission check failed (/vms/999, VM.Audit)\\n"}'),
            errors.Denied,
        ),
        (
            page(500, "Internal Server Error", "Server: nginx", body=b'{"data":1,"message":"%s"}' % NO_CONFIG.encode()),
            errors.GuestNotFound,
        ),
        (page(500, "CT is locked (backup)", "Server: nginx", body=b""), errors.Busy),
    ],
)  # fmt: skip
def test_proxmoxs_own_word_counts_also_through_a_proxy_that_puts_its_name_there(answered, reply, kind):
    assert type(failing(answered(reply))) is kind


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_that_waited_in_vain_tells_that_the_server_gave_no_answer(answered, status):
    for reply in (page(status, "Gateway", "Server: nginx/1.22.1"), refused(status, "Gateway")):
        error = failing(answered(reply))
        assert type(error) is errors.Unknown
        assert error.unanswered


@pytest.mark.parametrize(
    ("reply", "unanswered"),
    [
        (Reply(close=True), True),
        (redirect("https://login.example/"), True),
        (refused(595, "Connection refused"), False),
        (refused(596, "Broken pipe"), False),
        (refused(599, "Too many redirections"), False),
        (refused(500, "ipcc_send_rec[1] failed: Connection refused"), False),
        (raw(b"{"), False),
        (page(403, "Forbidden", "Server: waf"), False),
        (page(200, "OK", "Content-Type: text/html"), False),
    ],
)
def test_what_proxmox_or_a_filter_says_is_an_answer_and_nothing_is_none(answered, reply, unanswered):
    error = failing(answered(reply))
    assert isinstance(error, errors.Unknown)
    assert error.unanswered is unanswered


def test_another_url_is_asked_when_something_before_the_first_answers_or_nothing_comes(serve, session_to):
    for reply in (page(403, "Forbidden"), page(200, "OK"), Reply(close=True), redirect("https://login.example/")):
        first, second = serve(reply), serve(ok("here"))
        session = session_to(first, second)
        assert session.get(STATUS) == "here"
        assert session.url == second.url


def test_another_url_is_asked_when_the_daemon_of_the_first_is_down_and_not_for_a_node_that_is(serve, session_to):
    """`/cluster/resources` is still answered then, so nothing else would lead away from that server."""
    down = refused(595, "Connection refused")
    first, second = serve(down), serve(ok("here"))
    session = session_to(first, second)
    assert session.get(paths.cluster("status")) == "here"
    assert session.url == second.url
    first, second = serve(down), serve(ok("here"))
    assert isinstance(failing(session_to(first, second)), errors.Unknown)
    assert second.connections == 0, "each server says the same of that node, after up to three seconds"


def test_a_write_goes_to_no_other_url_whatever_answers_it(serve, session_to):
    first, second = serve(page(502, "Bad Gateway")), serve(ok("here"))
    assert failing(session_to(first, second), write=True).may_have_run
    assert second.connections == 0


def test_an_answer_that_cannot_be_read_is_kept_short_plain_and_without_secrets_and_logged(answered, caplog):
    caplog.set_level("DEBUG", "proximity_tui")
    body = b"<html>\x1b[2J \xff " + TOKEN_SECRET.encode() + b" password=hunter2 " + b"y" * 100_000
    error = failing(answered(raw(body, "text/html")))
    assert error.raw.startswith("<html>␛[2J � ")
    assert error.raw.isprintable()
    assert len(error.raw) <= 600
    assert error.raw in caplog.text
    for secret in (TOKEN_SECRET, "hunter2"):
        assert secret not in error.raw + caplog.text
    assert "proximity-tui doctor shows how" in error.sentence


def test_a_bomb_in_a_small_answer_is_not_unpacked(answered, monkeypatch):
    monkeypatch.setattr("proximity_tui.core.proxmox.transport.trust.LARGEST_ANSWER", 1_000_000)
    packed = gzip.compress(b"0" * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    assert "the answer was too large" in failing(answered(Reply(head.encode() + packed))).sentence
