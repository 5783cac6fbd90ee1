"""What a cluster offers, as screens need it."""

from __future__ import annotations

import pytest

from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.catalogue import most_free
from tests.core.proxmox.scripted import ok, refused

TEMPLATES = [
    "local:vztmpl/alpine-3.20-default_20240908_amd64.tar.xz",
    "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst",
    "local:vztmpl/ubuntu-24.04-standard_24.04-2_amd64.tar.zst",
]


def test_the_version_of_the_node_that_answers(client):
    version = client.version()
    assert version.version.startswith(version.release)


def test_nodes_come_by_name_with_their_figures(lab, client):
    lab.world.set_node_online("pve2", False)
    first, second = client.nodes()
    assert (first.name, first.status, second.name, second.status) == ("pve1", "online", "pve2", "offline")
    assert first.maxmem
    assert 0 < first.memory_share < 1
    assert (second.mem, second.memory_share) == (None, 1.0)


def test_the_calmest_node_is_online_and_has_memory_left(serve, gateway_to):
    nodes = [
        {"node": "pve1", "status": "online", "mem": 90, "maxmem": 100},
        {"node": "pve2", "status": "online", "mem": 10, "maxmem": 100},
        {"node": "pve3", "status": "offline"},
    ]
    assert gateway_to(serve(ok(nodes))).least_loaded_node() == "pve2"
    assert gateway_to(serve(ok([nodes[2]]))).least_loaded_node() is None


def test_storages_for_root_volumes_and_the_roomiest_of_them(client):
    assert [storage.name for storage in client.storages("pve1")] == ["local", "local-lvm"]
    roomiest = most_free(client.storages("pve1"))
    assert roomiest is not None
    assert roomiest.name == "local-lvm"
    assert [storage.name for storage in client.storages("pve1", "backup")] == ["backups", "local"]


def test_a_storage_that_is_not_active_is_not_chosen(serve, gateway_to):
    rows = [{"storage": "nfs1", "type": "nfs", "content": "rootdir", "active": 0, "enabled": 1, "shared": 1}]
    client = gateway_to(serve(ok(rows)))
    (storage,) = client.storages("pve1")
    assert (storage.name, storage.active, storage.shared, storage.available) == ("nfs1", False, True, None)
    assert most_free([storage]) is None


def test_templates_of_all_storages_once_each(client):
    assert [template.volid for template in client.templates("pve1")] == TEMPLATES


def test_backups_of_one_guest_newest_first(lab, client):
    lab.world.add_backup(101, ago=86_400)
    lab.world.add_backup(101, storage="backups", ago=3600)
    lab.world.add_backup(102, ago=60)
    newest, oldest = client.backups("pve1", 101)
    assert newest.at > oldest.at
    assert newest.volid.startswith("backups:backup/vzdump-lxc-101-")
    assert newest.size
    assert [backup.volid for backup in client.backups("pve1", 101, ["local"])] == [oldest.volid]


@pytest.mark.parametrize("stranger", [{"vmid": 1010}, {"subtype": "qemu"}, {"vmid": None}])
def test_a_backup_of_something_else_is_not_taken_for_one_of_this_container(serve, gateway_to, stranger):
    """A server may answer more than it was asked: other guests, or the machine that had this VMID before."""
    row = {"volid": "local:backup/x", "ctime": 1795421404, "vmid": 101, "subtype": "lxc"}
    rows = [row, {**row, "volid": "local:backup/y", **stranger}]
    [found] = gateway_to(serve(ok(rows))).backups("pve1", 101, ["local"])
    assert found.volid == "local:backup/x"


def test_history_has_gaps_where_nothing_was_measured(serve, gateway_to):
    rows = [{"time": 1795420440, "cpu": 0.5, "mem": 800375.8}, {"time": 1795416960}]
    oldest, newest = gateway_to(serve(ok(rows))).rrddata("pve1", 101)
    assert oldest.at < newest.at
    assert (oldest.cpu, newest.cpu, newest.mem, newest.netin) == (None, 0.5, 800375.8, None)


def test_a_guest_that_was_never_measured_has_no_history(serve, gateway_to):
    reason = "RRD error: opening '/var/lib/rrdcached/db/pve-vm-9.0/999': No such file or directory"
    client = gateway_to(serve(refused(500, reason)))
    assert client.rrddata("pve1", 999) == ()


def test_any_other_refusal_of_the_history_is_one(serve, gateway_to):
    with pytest.raises(errors.RefusedByProxmox, match="got timeout"):
        gateway_to(serve(refused(500, "got timeout"))).rrddata("pve1", 101)


def test_history_of_a_guest_in_the_lab(client):
    samples = client.rrddata("pve1", 101, "day")
    assert samples
    assert list(samples) == sorted(samples, key=lambda sample: sample.at)


@pytest.mark.parametrize("answer", [None, {}, [5], [{}], [{"storage": "../x", "type": "dir"}], "no"])
def test_a_catalogue_that_makes_no_sense_is_unknown(serve, gateway_to, answer):
    client = gateway_to(serve(ok(answer)))
    reads = (
        client.nodes,
        lambda: client.storages("pve1"),
        lambda: client.templates("pve1"),
        lambda: client.backups("pve1", 101),
        lambda: client.rrddata("pve1", 101),
    )
    for read in reads:
        with pytest.raises(errors.Unknown, match="malformed"):
            read()
    if answer != {}:
        with pytest.raises(errors.Unknown, match="malformed"):
            client.version()
