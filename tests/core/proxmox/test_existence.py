"""Questions whose answers do not depend on what our token may see."""

from __future__ import annotations

import pytest

from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.reads import guest_reads
from tests.core.proxmox.scripted import Scripted, ok, raw, refused


def test_a_vmid_is_taken_or_free_whatever_the_token_may_see(lab, gateway_of):
    client = gateway_of(lab, token="nobody@pve!none", secret=lab.add_token("nobody@pve!none", {}))
    assert client.inventory().guests == {}
    assert not client.is_free(101)
    assert client.is_free(999)
    lab.world.destroy_outside(101)
    assert client.is_free(101)


def test_a_machine_takes_its_vmid_too(lab, client):
    lab.world.add_vm(300, "pve1")
    assert not client.is_free(300)


@pytest.mark.parametrize("answer", ["101", 101])
def test_free_is_the_vmid_itself_as_number_or_text(serve, gateway_to, answer):
    assert gateway_to(serve(ok(answer))).is_free(101)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (ok("102"), errors.Unknown),
        (ok(None), errors.Unknown),
        (ok({}), errors.Unknown),
        (ok(True), errors.Unknown),
        (raw(b"<html>"), errors.Unknown),
        (refused(595, "No route to host"), errors.Unknown),
        (refused(401, "Authentication failed!"), errors.Unauthenticated),
        (refused(403, "Forbidden"), errors.Denied),
        (refused(400, "Bad Request"), errors.RefusedByProxmox),
        (refused(400, "x", {"errors": {"vmid": "type check ('integer') failed"}}), errors.RefusedByProxmox),
        (refused(400, "x", {"errors": {"force": "already exists"}}), errors.RefusedByProxmox),
        (refused(500, "VM 101 already exists"), errors.RefusedByProxmox),
    ],
)
def test_anything_but_yes_and_no_is_an_error_and_never_free(serve, gateway_to, reply, error):
    with pytest.raises(error):
        gateway_to(serve(reply)).is_free(101)


def test_the_next_free_vmid_passes_over_what_is_spoken_for(lab, client):
    assert client.next_free() == 100
    assert client.next_free(avoid={100, None}) == 103
    assert client.next_free(avoid={100, 103, 104}) == 105


def test_a_next_vmid_that_is_none_is_unknown(serve, gateway_to):
    for answer in (None, "x", 7, 10**12):
        with pytest.raises(errors.Unknown, match="malformed"):
            gateway_to(serve(ok(answer))).next_free()


def test_the_search_for_a_free_vmid_ends_where_everything_is_said_to_be_taken(clock, gateway_to, monkeypatch):
    monkeypatch.setattr(guest_reads, "SEARCH_PATIENCE", 60.0)
    taken = refused(400, "Parameter verification failed.", {"data": None, "errors": {"vmid": "VM already exists"}})
    asked = []

    def answer(line):
        asked.append(line)
        clock.ahead += 7
        return taken if "vmid=" in line else ok("100")

    with Scripted(answer) as server, pytest.raises(errors.ProxmoxError):
        gateway_to(server).next_free()
    assert len(asked) < 12


def test_the_last_vmid_is_followed_by_none(serve, gateway_to):
    with pytest.raises(errors.Unknown, match="the following VMIDs are taken"):
        gateway_to(serve(ok("999999999"))).next_free(avoid={999999999})


def test_a_path_of_the_permissions_that_cannot_be_read_hides_no_other(serve, gateway_to):
    answer = {"/": 5, "/vms": {"VM.Audit": 1}, "/nodes": None, "/pool": ["VM.Audit"]}
    assert gateway_to(serve(ok(answer))).permissions() == {"/vms": frozenset({"VM.Audit"})}


@pytest.mark.parametrize("passed", [0, "0", None])
def test_a_privilege_without_propagation_is_told_from_one_that_has_it(serve, gateway_to, passed):
    told = gateway_to(serve(ok({"/vms": {"VM.Audit": passed, "VM.PowerMgmt": 1}}))).permissions()
    assert told == {"/vms": frozenset({"VM.Audit", "VM.PowerMgmt"})}
    assert told["/vms"].propagated == {"VM.PowerMgmt"}


def test_the_permissions_of_a_token_are_read_by_path(lab, gateway_of):
    secret = lab.add_token("viewer@pve!view", {"/vms/101": {"VM.Audit"}})
    client = gateway_of(lab, token="viewer@pve!view", secret=secret)
    assert client.permissions() == {"/vms/101": frozenset({"VM.Audit"})}
    assert client.permissions("/vms/101") == {"/vms/101": frozenset({"VM.Audit"})}
    assert not client.permissions("/vms/102").get("/vms/102")
    lab.set_acl("viewer@pve!view", {})
    assert client.permissions() == {}


@pytest.mark.parametrize("answer", [None, [], {"/": 1}, {"/": ["VM.Audit"]}, "all"])
def test_permissions_that_make_no_sense_are_unknown_and_not_none(serve, gateway_to, answer):
    with pytest.raises(errors.Unknown, match="malformed"):
        gateway_to(serve(ok(answer))).permissions()


def test_a_cluster_is_the_fingerprint_of_its_root(lab, client):
    assert client.cluster_identity("pve1") == client.cluster_identity("pve2") == lab.ca_fingerprint


@pytest.mark.parametrize(
    "answer", [None, [], [{"filename": "pve-ssl.pem", "fingerprint": "AB"}], [{"filename": "pve-root-ca.pem"}],
               [{"filename": "pve-root-ca.pem", "fingerprint": "AB:CD"}]],
)  # fmt: skip
def test_a_cluster_without_a_readable_root_has_no_identity(serve, gateway_to, answer):
    with pytest.raises(errors.Unknown, match="malformed"):
        gateway_to(serve(ok(answer))).cluster_identity("pve1")
