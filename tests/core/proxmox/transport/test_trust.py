"""A stranger never hears the token: the certificate is judged before the first byte of HTTP."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest

from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.transport.trust import Trust, normal_fingerprint, read_fingerprint
from proximity_tui.simulator.tls import certificate
from tests.core.proxmox.scripted import Scripted, in_turn, ok

VERSION = paths.top("version")
START = paths.guest("pve1", 105, "status", "start")
OTHER = ":".join(["AB"] * 32)


def ca_file(folder: Path, root: certificate.Certificate) -> Path:
    """A PEM file with the certificate of `root`."""
    path = folder / "pve-root-ca.pem"
    path.write_text(root.pem)
    return path


def test_a_pinned_certificate_is_trusted_although_nobody_signed_its_name(serve, session_to):
    server = serve(ok(1))
    spelled_otherwise = server.leaf.fingerprint.replace(":", "").lower()
    assert session_to(server, trust=Trust(fingerprints=(spelled_otherwise,))).get(VERSION) == 1


def test_another_certificate_than_the_pinned_one_gets_not_one_request(serve, session_to):
    server = serve(ok(1))
    session = session_to(server, trust=Trust(fingerprints=(OTHER,)))
    for call in (lambda: session.get(VERSION), lambda: session.post(START, {})):
        with pytest.raises(errors.CertificateMismatch) as caught:
            call()
        assert caught.value.expected == (OTHER,)
        assert caught.value.seen == server.leaf.fingerprint
        assert server.leaf.fingerprint in caught.value.sentence
        assert not caught.value.may_have_run
    assert server.requests == []


def test_a_stranger_at_one_url_is_not_hidden_by_a_good_answer_of_the_next(serve, session_to):
    stranger, server = serve(ok(1)), serve(ok(2))
    session = session_to(stranger, server, trust=Trust(fingerprints=(server.leaf.fingerprint,)))
    with pytest.raises(errors.CertificateMismatch):
        session.get(VERSION)
    assert stranger.requests == server.requests == []


def test_each_node_of_a_cluster_may_have_its_own_pin(serve, session_to):
    first, second = serve(ok(1)), serve(ok(2))
    trust = Trust(fingerprints=(first.leaf.fingerprint, second.leaf.fingerprint))
    assert session_to(first, second, urls=(second.url,), trust=trust).get(VERSION) == 2


def test_a_certificate_renewed_under_a_live_session_is_refused_on_the_next_connection(serve, session_to, clock):
    server = serve(ok(1))
    session = session_to(server)
    session.get(VERSION)
    renewed = certificate.make_leaf(server.root, "pve1.lab.example", ["127.0.0.1"])
    server._context = certificate.server_context(renewed, server.root)
    with pytest.raises(errors.CertificateMismatch) as caught:
        session.post(START, {})
    assert caught.value.seen == renewed.fingerprint
    assert len(server.requests) == 1


def test_the_cluster_s_own_ca_is_trusted_on_this_python(serve, session_to, tmp_path):
    # No key usage in it, as in every CA older than 2026; Python 3.13 began to mind.
    server = serve(ok(1))
    assert session_to(server, trust=Trust(ca_file=ca_file(tmp_path, server.root))).get(VERSION) == 1


def test_a_certificate_of_another_ca_gets_not_one_request(serve, session_to, tmp_path):
    server = serve(ok(1))
    session = session_to(server, trust=Trust(ca_file=ca_file(tmp_path, certificate.make_root())))
    with pytest.raises(errors.Unreachable, match="not verified by the CA file"):
        session.post(START, {})
    assert server.requests == []


def test_a_certificate_for_another_name_gets_not_one_request(session_to, tmp_path):
    with Scripted(in_turn(ok(1)), names=["pve9.lab.example"]) as server:
        session = session_to(server, trust=Trust(ca_file=ca_file(tmp_path, server.root)))
        with pytest.raises(errors.Unreachable, match="host name"):
            session.get(VERSION)
        assert server.requests == []


def test_the_public_authorities_are_not_trusted_beside_the_ca_file(serve, session_to, tmp_path):
    session = session_to(serve(ok(1)), trust=Trust(ca_file=ca_file(tmp_path, certificate.make_root())))
    with pytest.raises(errors.Unreachable):
        session.get(VERSION)
    context = session._connections.to(0, "GET").adapter.poolmanager.connection_pool_kw["ssl_context"]
    assert [dict(pair[0] for pair in ca["subject"])["organizationName"] for ca in context.get_ca_certs()] == [
        "PVE Cluster Manager CA"
    ]


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_ca_file_that_cannot_be_used_is_named(serve, session_to, tmp_path, content):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(errors.Unreachable, match=r"ca\.pem cannot be used"):
        session_to(serve(ok(1)), trust=Trust(ca_file=path)).get(VERSION)


def test_insecure_trusts_anyone_and_has_to_be_asked_for(serve, session_to):
    assert session_to(serve(ok(1)), trust=Trust(insecure=True)).get(VERSION) == 1


@pytest.mark.parametrize(
    "given", [{}, {"fingerprints": (OTHER,), "insecure": True}, {"ca_file": Path("x"), "fingerprints": (OTHER,)}]
)
def test_trust_is_exactly_one_thing(given):
    with pytest.raises(ValueError, match="only one"):
        Trust(**given)


@pytest.mark.parametrize("text", ["", "AB", OTHER[:-1], OTHER + ":AB", "ZZ" * 32])
def test_what_is_not_a_sha256_is_no_pin(text):
    with pytest.raises(ValueError, match="not a SHA-256"):
        normal_fingerprint(text)


def test_a_fingerprint_is_read_without_a_request(serve):
    server = serve(ok(1))
    assert read_fingerprint("127.0.0.1", server.port, 60) == server.leaf.fingerprint
    assert server.requests == []


def test_a_server_that_speaks_no_tls_is_unreachable(session_to, serve):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_in_plain_http() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer_in_plain_http)
        thread.start()
        session = session_to(serve(ok(1)), urls=(f"https://127.0.0.1:{listener.getsockname()[1]}",))
        with pytest.raises(errors.Unreachable, match="TLS failed"):
            session.post(START, {})
        thread.join()


def test_strict_verification_is_off_only_for_the_key_usage(tmp_path):
    context = Trust(ca_file=ca_file(tmp_path, certificate.make_root())).ssl_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT
