"""No path is ever built from a piece that was not checked as a whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.errors import InvalidName

STRAY = [
    "",
    ".",
    "..",
    "pve1/../x",
    "pve1/",
    "/pve1",
    "pve1?x=1",
    "pve1#x",
    "pve 1",
    "pve1\n",
    "pvé1",
    "-pve",
    "%2e",
    "a\\b",
]
NO_VMID = [1_000_000_000, 0, -105, True, "105", "105/../106", "105?purge=1", 105.0, None]
UPID = "UPID:pve1:0000063C:00045CFE:6B03F131:vzstart:107:labadmin@pve!full:"


@pytest.mark.parametrize("name", STRAY)
def test_what_is_not_a_node_name_never_becomes_part_of_a_path(name):
    for build in (lambda: paths.node(name, "tasks"), lambda: paths.guest(name, 105), lambda: paths.node_name(name)):
        with pytest.raises(InvalidName, match="not a node name"):
            build()


@pytest.mark.parametrize("vmid", NO_VMID)
def test_what_is_not_a_vmid_never_becomes_part_of_a_path(vmid):
    with pytest.raises(InvalidName, match="not a VMID"):
        paths.guest("pve1", vmid, "config")


@pytest.mark.parametrize("name", STRAY)
def test_what_is_not_a_storage_never_becomes_part_of_a_path(name):
    with pytest.raises(InvalidName, match="not a storage"):
        paths.storage_content("pve1", name)


def test_who_is_tired_reads_what_is_wrong_that_nothing_was_sent_and_what_to_do():
    with pytest.raises(InvalidName) as caught:
        paths.guest("pve1", -7, "config")
    assert str(caught.value) == (
        "-7 is not a VMID, so nothing was sent to Proxmox; correct it where it was typed, or in the record that has it"
    )
    assert caught.value.reason == "not a VMID: -7"


def test_a_name_that_cannot_be_sent_tells_nothing_of_the_cluster():
    with pytest.raises(errors.ProxmoxError) as caught:
        paths.node("pve 1", "tasks")
    told = (errors.GuestNotFound, errors.Denied, errors.RefusedByProxmox, errors.Unreachable, errors.Unknown)
    assert not isinstance(caught.value, told)
    assert not caught.value.may_have_run


@pytest.mark.parametrize("word", ["..", "config/../../106", "Config", "", "a?b"])
def test_even_the_fixed_words_are_checked(word):
    with pytest.raises(ValueError, match="not a word"):
        paths.guest("pve1", 105, word)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_at_all_leads_out_of_the_node_it_was_asked_for(node, storage):
    try:
        path = paths.storage_content(node, storage)
    except InvalidName:
        return
    assert path.split("/") == ["", "nodes", node, "storage", storage, "content"]
    assert not {"?", "#", "%", "\\", " "} & set(path)


def test_paths_of_guests_nodes_and_the_cluster():
    assert paths.guest("pve1", 105, "status", "current") == "/nodes/pve1/lxc/105/status/current"
    assert paths.node("pve-2", "tasks") == "/nodes/pve-2/tasks"
    assert paths.cluster("ha", "resources") == "/cluster/ha/resources"
    assert paths.top("access", "permissions") == "/access/permissions"


def test_a_task_id_is_taken_apart():
    task = paths.upid(UPID)
    assert (task.node, task.type, task.id, task.user) == ("pve1", "vzstart", "107", "labadmin@pve!full")
    assert task.pid == 0x63C
    assert task.started_at == datetime.fromtimestamp(0x6B03F131, UTC)


def test_a_task_of_no_guest_and_one_of_nine_digits_are_task_ids():
    assert paths.upid("UPID:pve1:0000063C:100045CFE:6B03F131:aptupdate::root@pam:").id == ""
    assert paths.upid("UPID:pve1:0000063C:00045CFE:6B03F131:move_volume:105-mp0>106-mp1:root@pam:").id


BENT = [("pve1", "../pve1"), ("107", "1/../2"), ("6B03F131", "6B03F13"), ("vzstart", "vz start"), ("UPID", "upid")]


@pytest.mark.parametrize(
    "text", ["", "notaupid", UPID[:-1], UPID + "x", UPID + "\n", None, 107, *(UPID.replace(*pair) for pair in BENT)]
)
def test_what_is_not_a_task_id_is_refused(text):
    with pytest.raises(InvalidName, match="not a task id"):
        paths.upid(text)


def test_a_task_is_asked_about_on_its_own_node_and_cannot_bend_the_path():
    assert paths.task(paths.upid(UPID), "status") == f"/nodes/pve1/tasks/{UPID}/status"
    odd = paths.upid(UPID.replace("labadmin", "lab?a#b%2e"))
    assert paths.task(odd, "log").split("/")[4] == UPID.replace("labadmin", "lab%3Fa%23b%252e")


@pytest.mark.parametrize("volume", ["local:vztmpl/debian-12_12.7-1_amd64.tar.zst", "ceph-1:vm-105-disk-0"])
def test_a_volume_id_is_taken_as_it_is(volume):
    assert paths.volid(volume) == volume


@pytest.mark.parametrize(
    "volume", ["/etc/passwd", "local:", "local:a b", "local:../../etc/passwd", "local:a/../b", "l/x:y"]
)
def test_what_is_not_a_volume_id_is_refused(volume):
    with pytest.raises(InvalidName, match="not a volume id"):
        paths.volid(volume)


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("GET", paths.guest("pve1", 105, "config"), "reading config of CT 105 on pve1"),
        ("GET", paths.guest("pve1", 105), "reading the index of CT 105 on pve1"),
        ("GET", paths.node("pve1", "tasks"), "reading tasks of node pve1"),
        ("GET", paths.cluster("resources"), "reading /cluster/resources"),
        ("POST", paths.guest("pve1", 105, "status", "shutdown"), "shutdown of CT 105 on pve1"),
        ("POST", paths.node("pve1", "lxc"), "creation of a CT on pve1"),
        ("DELETE", paths.guest("pve1", 105), "destruction of CT 105 on pve1"),
    ],
)
def test_a_call_can_be_put_into_words(method, path, words):
    assert paths.spoken(method, path) == words
