"""The close look: what it sees, what it admits not to have seen, and that it never mixes two moments."""

from __future__ import annotations

from datetime import datetime

import pytest

from proximity_tui.core.doctrine.guards.write_permit import WriteAction
from proximity_tui.core.model import Status, Unread
from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.clinical import networks
from tests.support.records.permits import permit_to
from tests.support.timing.meddling import asked, when


def test_a_close_look_sees_everything_a_decision_needs(lab, client):
    lab.world.set_config(101, protection=1, description="front end")
    lab.world.add_backup(101, ago=3600)
    seen = client.inspect(101, "pve1", backups=True)
    assert (seen.cluster, seen.vmid, seen.node) == ("lab", 101, "pve1")
    assert (seen.status, seen.lock, seen.template, seen.protection) == (Status.RUNNING, None, False, True)
    assert (seen.ha_state, seen.ha_known, seen.replicated) == (None, True, False)
    assert seen.quorum.quorate is True
    assert seen.fingerprint is not None
    assert seen.fingerprint.hostname == "web1"
    assert len(seen.fingerprint.hwaddrs) == 1
    assert seen.config is not None
    assert seen.config["description"] == "front end\n"
    assert seen.digest == seen.config["digest"]
    assert len(seen.backups) == 1
    assert seen.backup_storages == ("backups", "local")
    assert (seen.busy_tasks, seen.gaps) == ((), ())


def test_where_backups_may_go_is_only_known_when_it_was_asked_and_could_be_read(lab, client):
    assert client.inspect(101, "pve1").backup_storages is None
    lab.faults.answer(500, "got timeout", "/nodes/pve1/storage")
    seen = client.inspect(101, "pve1", backups=True)
    assert (seen.backup_storages, seen.backups) == (None, ())
    assert [gap.what for gap in seen.gaps] == ["backups"]


def test_what_is_only_pending_is_not_what_is(lab, client):
    assert client.inspect(101, "pve1").config is not None
    configs = [entry for entry in lab.journal.entries() if entry.path.endswith("/config")]
    assert configs
    assert all(str(entry.params.get("current")) == "1" for entry in configs)


def test_lock_ha_and_replication_are_seen(lab, client):
    lab.world.set_lock(101, "backup")
    lab.world.set_ha(101, "started")
    lab.world.set_replication(101, True)
    seen = client.inspect(101, "pve1")
    assert (seen.lock, seen.ha_state, seen.replicated) == ("backup", "started", True)
    assert not client.inspect(102, "pve2").replicated


def test_a_running_task_of_the_guest_is_seen(lab, client):
    lab.world.hang_next_task("vzshutdown", 101)
    upid = client.shutdown(permit_to(client, WriteAction.SHUTDOWN, 101, "pve1"))
    assert client.inspect(101, "pve1").busy_tasks == (upid,)


def a_job(lab, *log, node="pve1", type="vzdump"):
    """A running job over many guests of a node: its task names none of them."""
    with lab.world.entered() as cluster:
        job = cluster.tasks.start(node, type, "", "root@pam", lambda _: (wait for wait in (1e9,)))
        job.log.extend(log)
    return job.upid


BEGUN = "INFO: Starting Backup of VM {} (lxc)"
ENDED = "INFO: Finished Backup of VM {} (00:00:01)"


def test_a_guest_that_a_backup_job_works_on_is_busy_also_while_it_has_no_lock(lab, client):
    """In snapshot mode vzdump takes its lock away twice for a moment."""
    upid = a_job(lab, BEGUN.format(102), ENDED.format(102), BEGUN.format(101))
    seen = client.inspect(101, "pve1")
    assert (seen.lock, seen.busy_tasks, seen.gaps) == (None, (upid,), ())
    assert upid not in [task.upid for task in seen.tasks or ()], "nothing of ours is looked for among those of others"


def test_a_backup_job_on_another_guest_makes_none_of_the_others_busy(lab, client):
    """A night's job lasts for hours."""
    a_job(lab, BEGUN.format(101), ENDED.format(101), BEGUN.format(103))
    a_job(lab, BEGUN.format(101), "ERROR: Backup of VM 101 failed - CT is locked (disk)")
    a_job(lab, BEGUN.format(101), node="pve2")
    a_job(lab, BEGUN.format(101), type="startall")
    a_job(lab)
    seen = client.inspect(101, "pve1")
    assert (seen.busy_tasks, seen.gaps) == ((), ())


def test_the_guest_under_way_is_told_at_the_end_of_a_long_log(lab, client):
    lines = (line.format(vmid) for vmid in range(1000, 2000) for line in (BEGUN, ENDED))
    upid = a_job(lab, *lines, BEGUN.format(101))
    lab.journal.clear()
    assert client.inspect(101, "pve1").busy_tasks == (upid,)
    assert lab.journal.count(path_contains="/log") == 1


def test_of_a_long_log_only_what_is_new_is_read(lab, client):
    lines = [line.format(vmid) for vmid in range(1000, 4000) for line in (BEGUN, ENDED)]
    upid = a_job(lab, *lines)
    assert client.inspect(101, "pve1").busy_tasks == ()
    begun = BEGUN.format(101)
    # The last line may be written in part when it is read.
    for new, busy in (([begun[:-9]], ()), ([begun], (upid,)), ([begun, "INFO: status = running"], (upid,))):
        with lab.world.entered() as cluster:
            cluster.tasks.find(upid).log[len(lines) :] = new
        lab.journal.clear()
        assert client.inspect(101, "pve1").busy_tasks == busy, new
        (sent,) = (entry for entry in lab.journal.entries() if entry.path.endswith("/log"))
        assert int(sent.params["start"]) >= len(lines) - 1


@pytest.mark.parametrize("path", ["/nodes/pve1/tasks$", "/log$"])
def test_a_backup_job_that_does_not_tell_what_it_works_on_is_a_gap(lab, client, path):
    a_job(lab, BEGUN.format(102))
    lab.faults.answer(500, "got timeout", path)
    assert Unread.TASKS in [gap.what for gap in client.inspect(101, "pve1").gaps]


@pytest.mark.parametrize("backups", [False, True])
def test_an_inspection_ends_with_the_quorum_and_the_config(lab, client, backups):
    client.version()
    lab.journal.clear()
    client.inspect(101, "pve1", backups=backups)
    paths = [entry.path for entry in lab.journal.entries()]
    assert paths[-2:] == ["/cluster/status", "/nodes/pve1/lxc/101/config"]
    assert len(paths) == len({(entry.path, str(entry.params)) for entry in lab.journal.entries()}), "nothing twice"
    assert len(paths) == (13 if backups else 7)


def test_a_status_is_as_old_as_the_first_request_and_a_fingerprint_as_the_last(lab, client):
    before = client.now()
    between: list[datetime] = []
    when(lab, asked("GET", "/cluster/status"), lambda: between.append(client.now()))
    seen = client.inspect(101, "pve1")
    assert before <= seen.taken_at <= between[0] <= seen.fingerprint_at


def test_the_list_of_ha_is_only_asked_where_the_status_makes_no_sense(scripted_guest):
    for ha, asked_for in (({"managed": 0}, 0), ({"managed": 1, "state": None}, 0), (None, 1)):
        client, server = scripted_guest(status={"status": "running", "ha": ha})
        seen = client.inspect(101, "pve1")
        assert seen.ha_state == ("managed" if ha and ha["managed"] else None)
        assert sum("/ha/resources" in line for line in server.lines) == asked_for


@pytest.mark.parametrize(
    ("change", "field"),
    [({"template": 1}, "template"), ({"protection": 1}, "protection"), ({"hostname": "renamed"}, "fingerprint")],
)
def test_everything_that_a_config_says_comes_from_the_last_request(lab, client, change, field):
    before = client.inspect(101, "pve1")
    when(lab, asked("GET", "/cluster/status"), lambda: lab.world.set_config(101, **change))
    seen = client.inspect(101, "pve1")
    assert getattr(seen, field) != getattr(before, field)
    assert seen.digest != before.digest


def test_what_our_token_may_not_see_any_more_is_a_gap(lab, client):
    lab.set_acl(lab.token_id, {"/": ["Sys.Audit"], "/vms/101": ["VM.Audit"]})
    assert client.inspect(101, "pve1").gaps == ()
    granted = asked("GET", "/lxc/101/status/current")
    when(lab, granted, lambda: lab.set_acl(lab.token_id, {"/": ["Sys.Audit"], "/vms/101": ["VM.PowerMgmt"]}))
    gaps = client.inspect(101, "pve1").gaps
    assert str(gaps[0]) == "permissions: our token lacks VM.Audit on /vms/101"


def test_a_config_that_cannot_be_read_last_is_a_gap_and_not_an_older_one(lab, client):
    lab.faults.answer(500, "got timeout", path="/lxc/101/config")
    seen = client.inspect(101, "pve1")
    assert (seen.config, seen.fingerprint, seen.digest, seen.protection) == (None, None, None, None)
    assert [gap.what for gap in seen.gaps] == ["config"]


def test_a_guest_that_is_elsewhere_or_gone_is_not_found(lab, client):
    for vmid, node in ((101, "pve2"), (999, "pve1"), (101, "nosuch")):
        with pytest.raises(errors.GuestNotFound):
            client.inspect(vmid, node)
        with pytest.raises(errors.GuestNotFound):
            client.clinical(node, vmid)


def test_a_guest_that_we_may_not_see_is_denied(lab, gateway_of):
    secret = lab.add_token("viewer@pve!view", {"/vms/101": {"VM.Audit"}})
    client = gateway_of(lab, token="viewer@pve!view", secret=secret)
    with pytest.raises(errors.Denied) as caught:
        client.inspect(102, "pve2")
    assert (caught.value.privilege, caught.value.path) == ("VM.Audit", "/vms/102")


def test_without_sys_audit_the_guest_itself_tells_whether_ha_manages_it(lab, gateway_of):
    secret = lab.add_token("viewer@pve!view", {"/vms": {"VM.Audit"}})
    client = gateway_of(lab, token="viewer@pve!view", secret=secret)
    seen = client.inspect(101, "pve1")
    assert (seen.ha_state, seen.ha_known) == (None, True)
    assert seen.quorum.quorate is None
    lab.world.set_ha(101, "started")
    seen = client.inspect(101, "pve1")
    assert (seen.ha_state, seen.ha_known) == ("started", True)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/config", "config"),
        ("/cluster/replication", "replication"),
        ("/nodes/pve1/tasks", "running tasks"),
        ("/cluster/status", "quorum"),
    ],
)
def test_what_cannot_be_read_is_a_gap_with_its_reason(lab, client, path, name):
    for fault in (
        lab.faults.answer(596, "Connection timed out", path),
        lab.faults.answer(500, "got timeout", path),
        lab.faults.html(path),
    ):
        seen = client.inspect(101, "pve1")
        assert [gap.what for gap in seen.gaps] == [name]
        lab.faults.remove(fault)
    assert client.inspect(101, "pve1").gaps == ()


def test_without_a_config_nothing_of_it_is_assumed(lab, client):
    lab.faults.answer(500, "got timeout", "/config")
    seen = client.inspect(101, "pve1")
    assert (seen.config, seen.fingerprint, seen.digest, seen.protection) == (None, None, None, None)
    assert seen.status is Status.RUNNING


def test_a_template_is_one_even_when_only_its_status_can_be_read(scripted_guest):
    status = {"status": "stopped", "template": 1}
    client, _ = scripted_guest(status=status, config={"digest": None})
    seen = client.inspect(101, "pve1")
    assert (seen.config, seen.template) == (None, True)
    client, _ = scripted_guest(status={**status, "template": []}, config={"digest": None})
    assert client.inspect(101, "pve1").gap(Unread.TEMPLATE) is not None


@pytest.mark.parametrize(
    ("ha", "expected"),
    [
        ({"managed": 1, "state": "stopped"}, ("stopped", True)),
        ({"managed": 1}, ("managed", True)),
        ({"managed": 0}, (None, True)),
        (None, (None, False)),
        ({"managed": "perhaps"}, (None, False)),
    ],
)
def test_without_the_list_of_ha_resources_the_status_decides_or_nothing_does(scripted_guest, ha, expected):
    client, _ = scripted_guest(status={"status": "running", "ha": ha}, ha_resources=None)
    seen = client.inspect(101, "pve1")
    assert (seen.ha_state, seen.ha_known) == expected
    assert bool(seen.gaps) is not expected[1]


def test_an_outage_in_the_middle_of_a_look_ends_the_look(lab, client):
    lab.faults.unauthorized("/cluster/replication")
    with pytest.raises(errors.Unauthenticated):
        client.inspect(101, "pve1")


def test_a_config_that_changes_while_it_is_captured_is_read_again(scripted_guest):
    client, server = scripted_guest(digests=["one", "two", "two"])
    captured = client.clinical("pve1", 101)
    assert (captured.digest, captured.gaps) == ("two", ())
    assert sum("/status/current" in line for line in server.lines) == 2


def test_a_config_that_never_stands_still_is_a_gap(scripted_guest):
    client, _ = scripted_guest(digests=[str(number) for number in range(20)])
    captured = client.clinical("pve1", 101)
    assert captured.config is None
    assert "kept changing" in captured.gaps[0]


@pytest.mark.parametrize("status", [None, [], {}, {"status": 5 * [1]}, {"status": "running", "vmid": 102}, "running"])
def test_a_status_that_makes_no_sense_is_unknown(scripted_guest, status):
    client, _ = scripted_guest(status=status)
    with pytest.raises(errors.Unknown, match="malformed"):
        client.inspect(101, "pve1")


@pytest.mark.parametrize("protection", ["maybe", 7, None, []])
def test_a_protection_that_cannot_be_read_is_not_off(scripted_guest, protection):
    client, _ = scripted_guest(config={"protection": protection})
    assert client.inspect(101, "pve1").protection is None


def test_the_clinical_record_keeps_everything_there_is(lab, client):
    lab.world.add_container(
        105, node="pve1", hostname="full", net=[{"ip": "10.0.0.5/24"}, {"bridge": "vmbr1"}], snapshots=("before",)
    )
    record = client.clinical("pve1", 105)
    assert (record.status, record.raw_status) == (Status.RUNNING, "running")
    assert record.config is not None
    assert record.digest == record.config["digest"]
    assert [net["id"] for net in record.networks] == ["net0", "net1"]
    assert record.networks[0]["ip"] == "10.0.0.5/24"
    assert [snapshot["name"] for snapshot in record.snapshots] == ["before", "current"]
    assert {"cpus", "maxmem", "maxdisk", "maxswap"} <= set(record.resources)
    assert any(interface["name"] == "eth0" for interface in record.interfaces)
    assert record.gaps == ()


def test_a_stopped_container_has_no_interfaces_and_that_is_no_gap(client):
    record = client.clinical("pve2", 102)
    assert (record.interfaces, record.gaps) == ((), ())


def test_a_clinical_record_names_what_it_could_not_keep(lab, client):
    lab.faults.answer(500, "nsenter failed", "/interfaces")
    record = client.clinical("pve1", 101)
    assert record.config is not None
    assert record.gaps[0].startswith("interfaces: ")
    assert "nsenter failed" in record.gaps[0]


def test_the_config_is_kept_word_for_word_and_everything_else_is_plain(lab, client):
    hostile = "\u202ereversed\x1b[31m"
    lab.world.set_config(101, description=hostile, net0={"name": "eth0", "bridge": "\x1b]0;x\x07"})
    record = client.clinical("pve1", 101)
    assert record.config is not None
    assert "\x1b[31m" in record.config["description"]
    assert "\x1b" not in repr(record.networks)


def test_network_lines_are_taken_apart_in_the_order_of_their_numbers():
    config = {"net10": "name=eth10", "net2": "name=eth2,hwaddr=BC:24:11:00:00:01", "network": "no", "net0": "name=a,b"}
    assert networks(config) == (
        {"id": "net0", "name": "a", "b": ""},
        {"id": "net2", "name": "eth2", "hwaddr": "BC:24:11:00:00:01"},
        {"id": "net10", "name": "eth10"},
    )


@pytest.mark.parametrize("words", ["Method 'GET {path}' not implemented", "Not Implemented"])
def test_a_proxmox_without_ha_and_replication_manages_and_replicates_nothing(lab, client, words):
    for path in ("/cluster/replication", "/cluster/ha/resources"):
        lab.faults.answer(501, words.format(path=path), path)
    seen = client.inspect(101, "pve1")
    assert (seen.ha_state, seen.ha_known, seen.replicated) == (None, True, False)
