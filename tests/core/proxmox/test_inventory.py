"""One request, every guest; and never more certainty than the answer holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from proximity_tui.core.model import Status
from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.decode.rows import RAW_LIMIT
from proximity_tui.core.proxmox.inventory import read_inventory
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
    assert found.node_statuses == {"pve1": "online", "pve2": "offline"}
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
        guest_row(vmid="abc", id="x"), guest_row(vmid=None, id=None), guest_row(vmid=0, id=[]), "a text", None, 7, [],
        {"type": 5}, {"type": None}, {"type": "lxc", "status": "running"}, {},
    ],
)  # fmt: skip
def test_a_row_that_does_not_say_whose_it_is_makes_the_list_incomplete_and_spoils_no_other(answered, row):
    found = read(answered, row, guest_row(105))
    assert set(found.guests) == {105}
    assert (found.complete, len(found.reasons)) == (False, 1)
    assert found.reasons[0].isprintable()
    [aside] = found.set_aside
    assert aside.vmid is None


@pytest.mark.parametrize(
    "row",
    [
        *(guest_row(vmid=vmid, id="lxc/101") for vmid in ("abc", None, 1e300, -1, [101], "9" * 5000)),
        guest_row(id=7, node=0), guest_row(id="lxc/" + "9" * 5000, status=0.5, node=None),
        guest_row(node="../x"), guest_row(status=None), guest_row(status=5 * [1]), guest_row(type="lxd"),
        guest_row(type=5), {"vmid": 101, "node": "pve1", "status": "running"}, guest_row(lock={}), guest_row(tags={}),
        guest_row(hastate=[]),
    ],
)  # fmt: skip
def test_a_row_that_says_whose_it_is_makes_only_that_guest_unknown(answered, row):
    found = read(answered, row, guest_row(105))
    assert (set(found.guests), found.complete, found.reasons) == ({105}, True, ())
    assert found.why_unreadable(101).startswith("its row could not be read: ")
    assert found.why_unreadable(105) is None


def test_a_node_that_cannot_be_read_is_set_aside_and_no_guest_is_doubted(answered):
    found = read(answered, {"type": "node", "node": ["pve2"]}, guest_row(105))
    assert (found.complete, found.node_statuses, len(found.set_aside)) == (True, {"pve1": "online"}, 1)


def test_a_row_set_aside_is_kept_as_it_came_but_plain_short_and_without_secrets(answered):
    token = "6f1c2d3e-aaaa-4bbb-8ccc-0123456789ab"
    long = "x\x1b[31m" + "y" * 10_000
    row = guest_row(node=None, name=long, comment=f"a {token}", password="hunter2", deep=[[[[[]]]]])
    raw = read(answered, row).row_set_aside(101).raw
    assert '"vmid": 101' in raw
    assert raw.isprintable()
    assert len(raw) <= RAW_LIMIT
    assert "hunter2" not in raw
    assert token not in raw


def test_a_vmid_below_100_is_one_of_proxmox_7(answered):
    found = read(answered, guest_row(7), guest_row(105))
    assert (found.complete, set(found.guests)) == (True, {7, 105})


def test_a_blank_name_is_none(answered):
    found = read(answered, guest_row(101, name=""), guest_row(102, name="  "))
    assert [guest.display_name for guest in found.guests.values()] == ["CT101", "CT102"]
    assert found.complete


def test_an_amount_that_is_no_whole_number_is_cut_to_one(answered):
    odd = guest_row(101, mem=905216.5, maxmem="268435456.0", uptime="56.7")
    found = read(answered, odd)
    guest = found.guests[101]
    assert (found.complete, guest.mem, guest.maxmem, guest.uptime) == (True, 905216, 268435456, 56)


@pytest.mark.parametrize("value", [1e300, 18446744073692774400, -1, "nan", "1e999", {"surprise": True}, [], True, "x"])
@pytest.mark.parametrize("field", ["uptime", "cpu", "maxcpu", "mem", "maxdisk", "netin"])
def test_a_figure_that_is_out_of_range_or_none_is_unknown_and_costs_nothing_else(answered, caplog, field, value):
    caplog.set_level("INFO", "proximity_tui")
    found = read(answered, guest_row(**{field: value}))
    assert getattr(found.guests[101], field) is None
    assert (found.complete, found.set_aside) == (True, ())
    assert f"vmid 101: {field} is " in caplog.text


@pytest.mark.parametrize("field", ["name", "template", "pool"])
def test_a_field_that_nothing_is_decided_by_is_unknown(answered, field):
    found = read(answered, guest_row(**{field: {"surprise": True}}))
    assert getattr(found.guests[101], field) is None
    assert found.complete


def test_of_a_vmid_listed_twice_nothing_is_known_and_of_all_others_everything(answered):
    twice = [guest_row(101, name="one"), guest_row(101, name="two"), guest_row(101, name="three")]
    found = read(answered, *twice, guest_row(102))
    assert (set(found.guests), found.complete) == ({102}, True)
    assert "listed twice" in found.why_unreadable(101)


def test_the_same_row_is_warned_of_once_and_not_at_every_look(answered, caplog):
    session = answered(ok([node_row(), guest_row(status=None)]))
    caplog.set_level("DEBUG", "proximity_tui")
    for _ in range(3):
        read_inventory(session, NOW)
    levels = [record.levelname for record in caplog.records if "set aside" in record.getMessage()]
    assert levels == ["WARNING", "DEBUG", "DEBUG"]


def test_a_list_without_any_node_is_not_complete(answered):
    found = read_inventory(answered(ok([guest_row()])), NOW)
    assert (found.complete, found.reasons) == (False, ("the list names no node",))


def test_very_many_reasons_are_counted_and_not_listed(answered):
    found = read(answered, *[guest_row(vmid="x", id="x") for _ in range(100)])
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


STORAGE_ROW = {
    "id": "storage/pve2/local-btrfs",
    "type": "storage",
    "storage": "local-btrfs",
    "node": "pve2",
    "status": "available",
    "plugintype": "btrfs",
    "content": "rootdir,images",
    "shared": 0,
    "disk": 6062080,
    "maxdisk": 6442450944,
}


def test_nodes_and_storages_come_with_their_figures_from_the_same_list(answered):
    figures = {"cpu": 0.267, "maxcpu": 2, "mem": 2119274496, "maxmem": 25276502016, "uptime": 2807}
    busy = {**node_row("pve2"), **figures, "hastate": "maintenance"}
    found = read(answered, busy, STORAGE_ROW)
    node, storage = found.nodes["pve2"], found.storages["pve2/local-btrfs"]
    assert (node.status, node.cpu, node.maxcpu, node.mem, node.uptime) == ("online", 0.267, 2, 2119274496, 2807)
    assert [one.in_maintenance for one in found.nodes.values()] == [False, True]
    assert (storage.type, storage.content, storage.shared) == ("btrfs", ("images", "rootdir"), False)
    assert (storage.status, storage.disk, storage.maxdisk) == ("available", 6062080, 6442450944)


def test_a_storage_that_cannot_be_read_costs_no_guest(answered):
    found = read(answered, guest_row(101), {**STORAGE_ROW, "storage": None}, {**STORAGE_ROW, "disk": "much"})
    assert (found.complete, list(found.guests), len(found.set_aside)) == (True, [101], 1)
    assert found.storages["pve2/local-btrfs"].disk is None


def test_what_a_list_says_again_is_the_same_object(answered):
    session = answered(ok([node_row(), STORAGE_ROW, guest_row(101)]))
    before = read_inventory(session, NOW)
    after = read_inventory(session, NOW, before)
    for mine, its in ((before.nodes, after.nodes), (before.storages, after.storages), (before.guests, after.guests)):
        assert [id(one) for one in mine.values()] == [id(one) for one in its.values()]
