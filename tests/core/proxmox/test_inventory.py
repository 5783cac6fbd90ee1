"""One request, every guest; and never more certainty than the answer holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from proximity_tui.core.model import Status
from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.inventory import NO_SYS_AUDIT, read_inventory, read_quorum
from tests.core.proxmox.scripted import guest_row, node_row, ok, raw

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
UNKNOWN_ROW = {"id": "lxc/186", "vmid": 186, "node": "pve1", "type": "lxc", "status": "unknown"}


def read(answered, *rows):
    """The inventory that these rows make, beside one node that is online."""
    return read_inventory(answered(ok([node_row(), *rows])), NOW)


def test_one_request_gives_guests_and_nodes_and_leaves_the_rest(answered):
    rows = (
        node_row("pve2", "offline"),
        guest_row(101),
        guest_row(300, type="qemu", id="qemu/300"),
        {"type": "storage", "id": "storage/pve1/local", "storage": "local", "node": "pve1", "status": "available"},
        {"type": "pool", "id": "/pool/prod", "pool": "prod"},
        {"type": "network", "id": "network/pve1/zone/localnetwork", "node": "pve1", "status": "ok"},
    )
    found = read(answered, *rows)
    assert {vmid: guest.type for vmid, guest in found.guests.items()} == {101: "lxc", 300: "qemu"}
    assert found.nodes == {"pve1": "online", "pve2": "offline"}
    assert (found.cluster, found.taken_at, found.complete, found.reasons) == ("lab", NOW, True, ())


def test_every_field_of_a_guest_is_read(answered):
    guest = read(answered, guest_row(lock="backup", hastate="started")).guests[101]
    assert (guest.node, guest.status, guest.name, guest.template) == ("pve1", Status.RUNNING, "web1", False)
    assert (guest.tags, guest.lock, guest.pool, guest.hastate) == (("prod", "web"), "backup", "prod", "started")
    assert (guest.uptime, guest.cpu, guest.maxcpu, guest.mem) == (56, 0.001, 1.0, 905216)
    assert (guest.netin, guest.netout, guest.maxdisk) == (5026, 726, 1020702720)


def test_a_guest_nobody_spoke_of_yet_is_unknown_and_not_stopped(answered):
    found = read(answered, UNKNOWN_ROW)
    guest = found.guests[186]
    assert (guest.status, guest.name, guest.template, guest.maxmem) == (Status.UNKNOWN, None, None, None)
    assert found.complete


def test_a_number_in_text_is_a_number(answered):
    guest = read(answered, guest_row(vmid="101", maxcpu="0.5", mem="1024", template="1")).guests[101]
    assert (guest.vmid, guest.maxcpu, guest.mem, guest.template) == (101, 0.5, 1024, True)


@pytest.mark.parametrize(
    "row",
    [
        guest_row(vmid="abc"), guest_row(vmid=None), guest_row(vmid=0), guest_row(vmid=[101]), guest_row(node=None),
        guest_row(node="../x"), guest_row(status=None), guest_row(status=5 * [1]), "a text", None, 7, [],
        {"vmid": 101, "node": "pve1", "status": "running"}, guest_row(type="lxd"), guest_row(type=5), {"type": "node"},
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_makes_it_incomplete_and_spoils_no_other(answered, row):
    found = read(answered, row, guest_row(105))
    assert set(found.guests) == {105}
    assert not found.complete
    assert len(found.reasons) == 1
    assert found.reasons[0].isprintable()


def test_a_vmid_below_100_is_one_of_proxmox_7(answered):
    found = read(answered, guest_row(7), guest_row(105))
    assert (found.complete, set(found.guests)) == (True, {7, 105})


def test_a_blank_name_is_none(answered):
    found = read(answered, guest_row(101, name=""), guest_row(102, name="  "))
    assert [guest.display_name for guest in found.guests.values()] == ["CT101", "CT102"]
    assert found.complete


def test_an_amount_that_is_no_whole_number_is_cut_to_one(answered):
    odd = guest_row(101, mem=905216.5, maxmem="268435456.0", uptime="56.7", netin=1.84467440737096e19)
    found = read(answered, odd)
    guest = found.guests[101]
    assert (found.complete, guest.mem, guest.maxmem, guest.uptime) == (True, 905216, 268435456, 56)
    assert guest.netin == 18446744073709600768


@pytest.mark.parametrize("field", ["name", "tags", "template", "cpu", "mem", "uptime", "lock", "hastate", "maxdisk"])
def test_a_bad_field_costs_itself_and_the_completeness(answered, field):
    found = read(answered, guest_row(**{field: {"surprise": True}}))
    assert getattr(found.guests[101], field) in (None, ())
    assert not found.complete
    assert field in found.reasons[0]


def test_a_vmid_listed_twice_is_not_believed(answered):
    found = read(answered, guest_row(101, name="one"), guest_row(101, name="two"))
    assert found.guests[101].name == "one"
    assert not found.complete


def test_a_list_without_any_node_is_not_complete(answered):
    found = read_inventory(answered(ok([guest_row()])), NOW)
    assert (found.complete, found.reasons) == (False, ("the list names no node",))


def test_very_many_reasons_are_counted_and_not_listed(answered):
    found = read(answered, *[guest_row(vmid="x") for _ in range(100)])
    assert len(found.reasons) == 21
    assert found.reasons[-1] == "and 80 more"


@pytest.mark.parametrize(
    "reply", [ok(None), ok({}), ok("[]"), ok({"data": []}), raw(b"<html>"), raw(b"{}"), raw(b"[]")]
)
def test_what_is_no_list_is_no_inventory_and_above_all_not_an_empty_one(answered, reply):
    with pytest.raises(errors.Unknown, match="malformed"):
        read_inventory(answered(reply), NOW)


def test_names_from_outside_are_plain(answered):
    guest = read(answered, guest_row(name="web\x1b[2J\u202e", tags="a\u200b;b\x00", lock="\n")).guests[101]
    assert (guest.name, guest.tags, guest.lock) == ("web␛[2J⟨U+202E⟩", ("a⟨U+200B⟩", "b␀"), "␊")


def member(name, online=1):
    return {"type": "node", "name": name, "online": online, "local": 0, "nodeid": 1, "level": ""}


def whole(quorate):
    return {"type": "cluster", "name": "lab", "quorate": quorate, "nodes": 2, "version": 2, "id": "cluster"}


def test_a_quorate_cluster_allows_conclusions(answered):
    quorum = read_quorum(answered(ok([whole(1), member("pve1"), member("pve2", 0)])))
    assert (quorum.quorate, quorum.nodes_online, quorum.nodes_total) == (True, 1, 2)
    assert quorum.allows_conclusions


def test_a_minority_allows_none(answered):
    quorum = read_quorum(answered(ok([whole(0), member("pve1"), member("pve2", 0)])))
    assert quorum.quorate is False
    assert quorum.reason == "the cluster has no quorum (1 of 2 nodes online)"
    assert not quorum.allows_conclusions


def test_a_standalone_host_needs_no_quorum(answered):
    quorum = read_quorum(answered(ok([member("pve")])))
    assert (quorum.quorate, quorum.standalone, quorum.allows_conclusions) == (None, True, True)


def test_a_token_that_may_not_see_the_quorum_concludes_nothing(lab, gateway_of):
    secret = lab.add_token("viewer@pve!x", {"/vms": {"VM.Audit"}})
    quorum = gateway_of(lab, token="viewer@pve!x", secret=secret).quorum()
    assert (quorum.quorate, quorum.reason, quorum.allows_conclusions) == (None, NO_SYS_AUDIT, False)


@pytest.mark.parametrize(
    "rows",
    [[], [whole(1)], [member("pve1"), member("pve2")], [whole("maybe"), member("pve1")], [whole(None), member("a")],
     [whole(1), whole(1), member("a")], None, {}, [5], [whole(1), member("pve1", "yes")]],
)  # fmt: skip
def test_a_cluster_status_that_makes_no_sense_is_unknown(answered, rows):
    with pytest.raises(errors.Unknown, match="malformed"):
        read_quorum(answered(ok(rows)))
