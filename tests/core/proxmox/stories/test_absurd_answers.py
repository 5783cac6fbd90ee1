"""Every field of every answer that is read, filled with nonsense; and every request of a look failing in turn.

Nothing is raised but our own errors, and what makes sense is there all the same (laws 2 and 9)."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from proximity_tui.core.base.text import human_age, human_bytes, percent
from proximity_tui.core.doctrine.observation.judge import identity_is_due
from proximity_tui.core.engine.observe import inspection
from proximity_tui.core.engine.observe.collect import collect_cluster
from proximity_tui.core.fleet import unmanaged_rows
from proximity_tui.core.model import GuestDetail, GuestNotSeen, Presence
from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.catalogue import most_free
from proximity_tui.core.proxmox.inventory import read_inventory
from tests.core.proxmox.scripted import Scripted, guest_row, node_row, ok
from tests.support.records.make import container as a_container
from tests.support.records.make import whole_records

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DEEP: object = [[[[[[[[[[[[{"a": []}]]]]]]]]]]]]
ABSURD: tuple[object, ...] = (
    None, True, 0, -1, 2**63, 18446744073692774400, 10**30, 1e300, -1e300, 0.5, float("nan"), float("inf"), "", "x",
    "nan", "1e999", "-0", "9" * 6000, "a\x00\x1b[2J‮", "\ud800", "y" * 100_000, [], {}, [None], {"a": {"b": 1}}, DEEP,
)  # fmt: skip

TASK = {
    "upid": "UPID:pve1:0000063C:00045CFE:6B03F131:vzstart:101:labadmin@pve!full:", "id": "101", "node": "pve1",
    "type": "vzstart", "user": "labadmin@pve", "tokenid": "full", "status": "OK", "starttime": 0x6B03F131,
    "endtime": 0x6B03F132, "pid": 1596, "pstart": 286206,
}  # fmt: skip
LISTS = {
    "nodes": (
        {"node": "pve9", "status": "online", "cpu": 0.1, "maxcpu": 4, "mem": 1, "maxmem": 2, "uptime": 5},
        lambda client: {node.name for node in client.nodes()} >= {"pve9"},
    ),
    "storages": (
        {"storage": "good", "type": "dir", "content": "rootdir", "active": 1, "shared": 0, "avail": 1, "total": 2},
        lambda client: "good" in {storage.name for storage in client.storages("pve1")},
    ),
    "backups": (
        {"volid": "good:backup/x", "ctime": 1795421404, "vmid": 101, "subtype": "lxc", "size": 5},
        lambda client: "good:backup/x" in {backup.volid for backup in client.backups("pve1", 101, ["good"])},
    ),
    "history": (
        {"time": 1795420440, "cpu": 0.5, "maxcpu": 1, "mem": 1.5, "maxmem": 2, "netin": 1, "netout": 2, "disk": 1},
        lambda client: 0.5 in {sample.cpu for sample in client.rrddata("pve1", 101)},
    ),
    "tasks": (TASK, lambda client: TASK["upid"] in {task.upid for task in client.find_tasks("pve1", 101, gaps=[])}),
    "log": ({"n": 1, "t": "a line"}, lambda client: "a line" in client.task_log(TASK["upid"])),
}


def variations(row):
    """The row once for every field and every absurd value of it, and once without the field."""
    for field in row:
        yield {key: value for key, value in row.items() if key != field}
        for value in ABSURD:
            yield {**row, field: value}


@pytest.mark.parametrize("name", LISTS)
def test_no_row_of_a_list_spoils_another_whatever_is_in_it(serve, gateway_to, name):
    row, good_one_is_there = LISTS[name]
    assert good_one_is_there(gateway_to(serve(ok([*ABSURD, *variations(row), row]))))


def test_no_row_of_the_inventory_spoils_another_and_everything_can_be_reckoned_with_and_shown(answered):
    rows = [*variations(guest_row(lock="backup", hastate="started"))]
    numbered = [
        {**row, **({"vmid": vmid} if row.get("vmid") == 101 else {}), "id": f"lxc/{vmid}"}
        for vmid, row in enumerate(rows, start=1000)
    ]
    found = read_inventory(answered(ok([*numbered, *ABSURD, node_row(), *variations(node_row()), guest_row(105)])), NOW)
    assert found.guests[105].name == "web1"
    assert {*found.guests, *(row.vmid for row in found.set_aside)} >= {105, *range(1000, 1000 + len(rows))}
    container = a_container(identity_seen_at=NOW - timedelta(minutes=1))
    for guest in found.guests.values():
        identity_is_due(container, guest, NOW)
        shown = [human_age(guest.uptime or 0), percent(guest.cpu or 0), human_bytes(guest.mem or 0)]
        assert max(map(len, shown)) < 20
    assert unmanaged_rows({"lab": found}, ())


def test_a_storage_of_16_eib_hides_no_other_and_is_not_chosen_for_its_size(serve, gateway_to):
    s3 = {"storage": "s3", "type": "dir", "content": "rootdir,backup", "active": 1, "total": 18446744073692774400}
    rows = [{**s3, "avail": 18446744073692774400}, {**s3, "storage": "local-lvm", "total": 10, "avail": 5}]
    client = gateway_to(serve(ok(rows)))
    assert [(one.name, one.available) for one in client.storages("pve1")] == [("local-lvm", 5), ("s3", None)]
    roomiest = most_free(client.storages("pve1"))
    assert roomiest is not None
    assert roomiest.name == "local-lvm"


def test_a_storage_that_cannot_be_read_hides_no_backup_of_another_and_is_named(lab, client):
    lab.world.add_backup(101, storage="backups")
    lab.faults.answer(500, "unable to activate storage 'local'", "/storage/local/content")
    gaps: list[str] = []
    assert [one.volid.partition(":")[0] for one in client.backups("pve1", 101, gaps=gaps)] == ["backups"]
    assert ["local" in gap and "unable to activate" in gap for gap in gaps] == [True]
    with pytest.raises(errors.RefusedByProxmox, match="unable to activate"):
        client.backups("pve1", 101)


def test_the_task_that_is_looked_for_may_be_the_one_that_cannot_be_read(serve, gateway_to):
    client = gateway_to(serve(ok([TASK, {**TASK, "upid": "torn"}])))
    gaps: list[str] = []
    assert len(client.find_tasks("pve1", 101, gaps=gaps)) == 1
    assert len(gaps) == 1
    with pytest.raises(errors.Unknown, match="a task cannot be read"):
        client.find_tasks("pve1", 101)
    assert client.find_tasks("pve1", 102) == ()


NONSENSE = st.recursive(
    st.sampled_from([value for value in ABSURD if not isinstance(value, list | dict)]) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
ANSWERS: dict[str, Any] = {
    "/status/current": {"status": "running", "vmid": 101, "type": "lxc", "ha": {"managed": 0}, "uptime": 5, "lock": ""},
    "/config": {"hostname": "web1", "rootfs": "local:101/x.raw", "digest": "one", "net0": "hwaddr=AA", "lock": ""},
    "/cluster/status": [{"type": "node", "name": "pve1", "online": 1}],
    "/ha/resources": [{"sid": "ct:101", "state": "started"}],
    "/replication": [{"guest": 101}],
    "/tasks": [TASK],
    "/snapshot": [{"name": "current"}],
    "/interfaces": [{"name": "eth0"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def told():
    """Which answer is replaced by what, and the server that does it."""
    told: dict[str, object] = {}

    def answer(line):
        where = next((path for path in ANSWERS if path in line), None)
        return ok(told.get(where, ANSWERS[where]) if where else [])

    with Scripted(answer) as server:
        yield told, server


@settings(max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.sampled_from(sorted(ANSWERS)), data=st.data())
@example(where="/config", data=None)
def test_a_close_look_at_nonsense_is_a_look_or_an_error_of_ours(told, gateway_to, where, data):
    replaced, server = told
    sound = ANSWERS[where]
    if data is None:
        replaced[where] = {**ANSWERS["/config"], "net" + "9" * 5000: "name=x", "net¹": 5, "lock": DEEP, "digest": {}}
    else:
        nonsense = data.draw(NONSENSE)
        field = data.draw(st.sampled_from(sorted(sound if isinstance(sound, dict) else sound[0])))
        part = {**(sound if isinstance(sound, dict) else sound[0]), field: nonsense}
        replaced[where] = data.draw(st.sampled_from([nonsense, part, [part], [nonsense, part]]))
    client = gateway_to(server)
    try:
        with contextlib.suppress(errors.ProxmoxError):
            client.inspect(101, "pve1")
        with contextlib.suppress(errors.ProxmoxError):
            client.clinical("pve1", 101)
    finally:
        replaced.clear()


FAILURES = {
    "dropped": lambda faults, path: faults.drop(path),
    "a page": lambda faults, path: faults.html(path),
    "no data": lambda faults, path: faults.no_data(path),
    "refused": lambda faults, path: faults.answer(500, "something nobody thought of", path),
    "denied": lambda faults, path: faults.answer(403, "Permission check failed", path),
    "no peer": lambda faults, path: faults.answer(595, "No route to host", path),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_whichever_request_of_a_look_and_a_survey_fails_they_say_what_they_do_not_know(lab, client, clock, failure):
    container = a_container(vmid=101, cluster="lab", name="web1", identity_seen_at=None)
    gone = a_container(vmid=199, cluster="lab", name="gone", identity_seen_at=None)

    def look():
        return inspection.inspect_guest(client, 101, backups=True), collect_cluster(
            client, whole_records([container, gone]), clock
        )

    assert isinstance(look()[0], GuestDetail)
    paths = dict.fromkeys(f"{entry.path}$" for entry in lab.journal.entries())
    assert len(paths) > 8
    for path in paths:
        clock.ahead += 3600
        fault = FAILURES[failure](lab.faults, path)
        seen, surveyed = look()
        assert isinstance(seen, GuestDetail | GuestNotSeen)
        assert not (isinstance(seen, GuestNotSeen) and seen.presence is Presence.ABSENT)
        assert surveyed.inventory is not None or surveyed.blocked is not None
        lab.faults.remove(fault)
