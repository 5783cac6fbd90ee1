"""Certificates: made here, and good enough for the strictest client."""

from __future__ import annotations

import hashlib
import os
import socket
import ssl
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from proximity_tui.simulator import Simulator
from tests.simulator.lab import Lab
from tests.support.timing.waiting import LONGEST


def presented(simulator: Simulator, name: str = "127.0.0.1") -> bytes:
    """The certificate that a client which trusts the root gets to see under that name."""
    url = urlsplit(simulator.url)
    context = ssl.create_default_context(cadata=simulator.ca_pem)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with (
        socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=LONGEST) as plain,
        context.wrap_socket(plain, server_hostname=name) as secure,
    ):
        certificate = secure.getpeercert(binary_form=True)
    assert certificate
    return certificate


def fingerprint(certificate: bytes) -> str:
    return hashlib.sha256(certificate).digest().hex(":").upper()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "pve1", "pve1.lab.example"])
def test_a_strict_client_that_trusts_the_root_accepts_every_name(lab: Lab, name: str) -> None:
    assert fingerprint(presented(lab.simulator, name)) == lab.simulator.fingerprint


def test_a_client_refuses_a_name_that_is_not_in_the_certificate(lab: Lab) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        presented(lab.simulator, "pve2")


def test_a_client_that_trusts_another_cluster_refuses(lab: Lab) -> None:
    with Lab() as other:
        lab.simulator, wanted = other.simulator, lab.simulator
        stranger = ssl.create_default_context(cadata=wanted.ca_pem)
        url = urlsplit(other.simulator.url)
        with (
            socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=LONGEST) as plain,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            stranger.wrap_socket(plain, server_hostname="127.0.0.1")
        lab.simulator = wanted


def test_certificates_info_names_root_and_server(lab: Lab) -> None:
    root, leaf = lab.get("/nodes/pve1/certificates/info")
    assert (root["filename"], leaf["filename"]) == ("pve-root-ca.pem", "pve-ssl.pem")
    assert root["pem"] == lab.simulator.ca_pem
    assert root["fingerprint"] == lab.simulator.ca_fingerprint
    assert root["fingerprint"] == fingerprint(ssl.PEM_cert_to_DER_cert(root["pem"]))
    assert leaf["fingerprint"] == lab.simulator.fingerprint
    assert leaf["issuer"] == root["subject"] == root["issuer"]
    assert "PVE Cluster Manager CA" in root["subject"]


def test_a_server_that_is_asked_for_itself_names_the_root_alone(lab: Lab) -> None:
    """It looks for its own certificate below `/etc/pve/nodes/localhost`, where there is none."""
    [root] = lab.get("/nodes/localhost/certificates/info")
    assert root["fingerprint"] == lab.simulator.ca_fingerprint


def test_a_renewed_certificate_has_the_same_root(lab: Lab) -> None:
    before, root = lab.simulator.fingerprint, lab.simulator.ca_pem
    lab.simulator.renew_certificate()
    assert lab.simulator.fingerprint != before
    assert lab.simulator.ca_pem == root
    assert fingerprint(presented(lab.simulator)) == lab.simulator.fingerprint
    assert lab.get("/nodes/pve1/certificates/info")[1]["fingerprint"] == lab.simulator.fingerprint


def test_an_open_connection_survives_a_renewal(lab: Lab) -> None:
    connection = lab.connection()
    assert lab.ask_on(connection, "GET", "/version").status == 200
    lab.simulator.renew_certificate()
    assert lab.ask_on(connection, "GET", "/version").status == 200
    connection.close()


def test_no_key_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Lab() as lab:
        lab.simulator.renew_certificate()
        assert os.listdir(tmp_path) == []


def test_two_clusters_have_two_identities(lab: Lab) -> None:
    with Lab() as other:
        assert other.simulator.ca_fingerprint != lab.simulator.ca_fingerprint
        assert other.simulator.token_secret != lab.simulator.token_secret
