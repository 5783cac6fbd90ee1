"""The gateway against a simulated cluster: one request a tick, faults, and a token that may do less."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.guards.write_permit import WriteAction
from proximity_tui.core.model import Status
from proximity_tui.core.model.actions.plan_options import BackupOptions, CloneOptions, CreateOptions
from proximity_tui.core.proxmox import errors
from tests.core.proxmox.scripted import Scripted, node_row, ok
from tests.support.records.permits import permit_to, permit_to_make


def test_an_inventory_is_one_request_and_the_quorum_is_read_now_and_then(lab, client, clock):
    for _ in range(5):
        found = client.inventory()
    assert set(found.guests) == {101, 102}
    assert found.quorum.quorate is True
    assert lab.journal.count("GET", "/cluster/resources") == 5
    assert lab.journal.count("GET", "/cluster/status") == 1
    clock.ahead += 31
    client.inventory()
    assert lab.journal.count("GET", "/cluster/status") == 2
    client.inventory(quorum_age=0)
    assert lab.journal.count("GET", "/cluster/status") == 3


def test_only_a_list_that_others_may_rest_on_is_remembered(client):
    kept = client.inventory()
    own = client.inventory(remember=False)
    assert all(own.guests[vmid] is guest for vmid, guest in kept.guests.items())
    assert client.fresh_list.taken_at == kept.taken_at < own.taken_at


def test_the_size_of_a_cluster_costs_no_more_requests(lab, client):
    for vmid in range(1000, 1300):
        lab.world.add_container(vmid)
    assert len(client.inventory().guests) == 302
    assert lab.journal.count() == 2


def test_a_quorum_asked_for_a_decision_is_always_fresh(lab, client):
    client.inventory()
    lab.world.set_quorate(False)
    assert client.quorum().quorate is False
    assert client.inventory().quorum.quorate is False


def test_a_quorum_that_cannot_be_read_does_not_cost_the_inventory(lab, client):
    lab.faults.answer(596, "Connection timed out", "/cluster/status")
    found = client.inventory()
    assert found.complete
    assert not found.quorum.allows_conclusions
    assert "could not be read" in (found.quorum.reason or "")


def test_a_quorum_told_by_another_node_is_read_anew(gateway_to):
    def answer(line):
        if "/cluster/status" in line:
            return ok([{"type": "cluster", "quorate": 1}, {"type": "node", "online": 1}])
        return ok([node_row()])

    with Scripted(answer) as second:
        with Scripted(answer) as first:
            client = gateway_to(first, second)
            assert client.inventory().quorum.quorate is True
        assert client.inventory().quorum.quorate is True
        assert client.inventory().quorum.quorate is True
    asked = [line.split()[1].rpartition("/")[2] for line in second.lines]
    assert asked == ["resources", "status", "resources"]


def test_guests_that_the_token_may_not_see_are_silently_missing(lab, gateway_of):
    secret = lab.add_token("viewer@pve!view", {"/vms/101": {"VM.Audit"}})
    client = gateway_of(lab, token="viewer@pve!view", secret=secret)
    found = client.inventory()
    assert (set(found.guests), found.complete) == ({101}, True)
    assert not found.quorum.allows_conclusions
    assert not client.is_free(102)


def test_a_node_that_is_off_keeps_its_guests_in_the_list(lab, client):
    lab.world.set_node_online("pve2", False)
    found = client.inventory()
    assert found.node_statuses == {"pve1": "online", "pve2": "offline"}
    assert 102 in found.guests
    assert found.complete


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (lambda faults: faults.html("/cluster/resources"), errors.Unknown),
        (lambda faults: faults.truncate("/cluster/resources"), errors.Unknown),
        (lambda faults: faults.no_data("/cluster/resources"), errors.Unknown),
        (lambda faults: faults.drop("/cluster/resources"), errors.Unknown),
        (lambda faults: faults.answer(595, "No route to host", "/cluster/resources"), errors.Unknown),
        (lambda faults: faults.answer(596, "Connection timed out", "/cluster/resources"), errors.Unknown),
        (lambda faults: faults.answer(301, "Moved Permanently", "/cluster/resources"), errors.Unknown),
        (lambda faults: faults.answer(503, "Service Unavailable", "/cluster/resources"), errors.Unknown),
        (lambda faults: faults.unauthorized("/cluster/resources"), errors.Unauthenticated),
        (lambda faults: faults.pmxcfs_down(), errors.Unknown),
    ],
)
def test_no_fault_makes_an_empty_inventory(lab, gateway_of, fault, error):
    fault(lab.faults)
    with pytest.raises(error):
        gateway_of(lab).inventory()


def test_a_cluster_that_hangs_makes_no_empty_inventory(lab, gateway_of):
    client = gateway_of(lab, read_timeout=0.2)
    lab.faults.hang("/cluster/resources")
    with pytest.raises(errors.Unknown, match=r"no (complete )?answer within 0\.2 s"):
        client.inventory()


def test_latency_below_the_timeout_is_only_slow(lab, client):
    lab.faults.latency(0.2)
    assert set(client.inventory().guests) == {101, 102}


def test_a_connection_lost_once_is_not_noticed(lab, client):
    lab.faults.drop("/cluster/resources", times=1)
    assert set(client.inventory().guests) == {101, 102}
    assert lab.journal.count("GET", "/cluster/resources") == 2


def test_a_revoked_token_is_unauthenticated(lab, client):
    lab.remove_token(lab.token_id)
    with pytest.raises(errors.Unauthenticated):
        client.inventory()


def test_a_renewed_certificate_is_refused_before_anything_is_asked(lab, gateway_of):
    client = gateway_of(lab)
    trusted = lab.fingerprint
    lab.renew_certificate()
    with pytest.raises(errors.CertificateMismatch) as caught:
        client.inventory()
    assert (caught.value.expected, caught.value.seen) == ((trusted,), lab.fingerprint)
    assert lab.journal.count() == 0


def test_a_read_only_gateway_writes_nothing(lab, gateway_of):
    client = gateway_of(lab, read_only=True)
    writes = (
        lambda: client.start(permit_to(client, WriteAction.START, 102, "pve2")),
        lambda: client.shutdown(permit_to(client, WriteAction.SHUTDOWN, 101, "pve1")),
        lambda: client.stop(permit_to(client, WriteAction.STOP, 101, "pve1")),
        lambda: client.reboot(permit_to(client, WriteAction.REBOOT, 101, "pve1")),
        lambda: client.back_up(permit_to(client, WriteAction.BACK_UP, 101, "pve1"), BackupOptions("backups")),
        lambda: client.clone(
            permit_to(client, WriteAction.CLONE, 102, "pve2"), CloneOptions(102, 1, "pve2", full=True, marker=""),
            newid=200, hostname="x", description="",
        ),
        lambda: client.create(
            permit_to_make(client, 200, "pve1"), CreateOptions("local:vztmpl/x.tar.zst", "local", 1, 64, 1, marker=""),
            hostname="x", description="",
        ),
    )  # fmt: skip
    for write in writes:
        with pytest.raises(errors.ReadOnly):
            write()
    assert lab.journal.writes() == []
    assert client.inventory().guests[101].status is Status.RUNNING


def test_a_gateway_shows_nothing_of_its_token(lab, client):
    client.inventory()
    assert lab.token_secret not in repr(client) + repr(vars(client))


def test_the_quorum_is_read_anew_as_soon_as_other_nodes_are_online(lab, client):
    assert client.inventory().quorum.quorate is True
    lab.journal.clear()
    client.inventory()
    assert lab.journal.count(path_contains="/cluster/status") == 0
    lab.world.set_node_online("pve2", False)
    lab.world.set_quorate(False)
    assert client.inventory().quorum.quorate is False


def test_a_quorum_that_could_not_be_read_when_a_node_went_is_read_by_the_next_list(lab, client):
    """The one from before that node went was still young, and was told for half a minute."""
    assert client.inventory().quorum.quorate is True
    lab.world.set_node_online("pve2", False)
    lab.world.set_quorate(False)
    lab.faults.answer(596, "Connection timed out", "/cluster/status", times=1)
    assert client.inventory().quorum.quorate is None
    assert client.inventory().quorum.quorate is False


def test_a_server_that_is_by_itself_has_no_quorum_where_the_cluster_had_others(lab, client):
    """It left the cluster, with its root CA, or has just started: what it tells may be years old."""
    assert client.quorum().quorate is True
    alone = lab.faults.rewrite(lambda rows: [row for row in rows if row["name"] == "pve1"], "/cluster/status")
    for quorum in (client.quorum(), client.inventory().quorum, client.inspect(101, "pve1").quorum):
        assert (quorum.quorate, quorum.standalone, quorum.allows_conclusions) == (False, False, False)
        assert "tells of itself alone, and lab is a cluster" in str(quorum.reason)
    lab.faults.remove(alone)
    assert client.quorum().quorate is True


def test_a_host_that_was_always_by_itself_needs_no_quorum_and_nor_does_one_that_is_trusted_again(lab, client):
    alone = lab.faults.rewrite(lambda rows: [row for row in rows if row["name"] == "pve1"], "/cluster/status")
    assert client.quorum().standalone
    lab.faults.remove(alone)
    assert client.quorum().quorate is True
    lab.faults.add(alone)
    assert client.quorum().quorate is False
    client.trust_again(client.settings)
    assert client.quorum().standalone


def test_the_false_alarm_of_an_older_proxmox_is_read_once_more_and_never_sent_again(lab, client):
    """599, from its source: releases before 8.3 give it by mistake, now and then."""
    lab.faults.answer(599, "Too many redirections", times=1)
    assert client.inventory().guests
    lab.faults.answer(599, "Too many redirections", times=2)
    with pytest.raises(errors.Unknown, match="599 Too many redirections"):
        client.inventory()
    lab.faults.clear()
    permit = permit_to(client, WriteAction.STOP, 101, "pve1")
    lab.journal.clear()
    lab.faults.answer(599, "Too many redirections", method="POST", times=1)
    with pytest.raises(errors.Unknown) as caught:
        client.stop(permit)
    assert (caught.value.may_have_run, len(lab.journal.writes())) == (True, 1)
