"""Every write is sent once, says exactly what is meant, and is never guessed to have failed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.actions.backup.backup_rules import before_destroy
from proximity_tui.core.doctrine.guards.permit import DestroyPermit, PermitError, mint
from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit, permit_write
from proximity_tui.core.doctrine.observation.identity import fingerprint_of, marker_line
from proximity_tui.core.model.actions.plan_options import CloneOptions, CreateOptions
from proximity_tui.core.proxmox import errors
from proximity_tui.simulator.world.world import World
from tests.core.proxmox.scripted import ok, raw
from tests.support.records import make
from tests.support.records.permits import permit_to, permit_to_make
from tests.support.timing.waiting import until

MARKER = "0123456789abcdef0123456789abcdef"
TEMPLATE = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
OPTIONS = CreateOptions(TEMPLATE, "local-lvm", cores=2, memory_mib=1024, disk_gib=6, marker=MARKER, bridge="vmbr0")
NAMED = {"hostname": "app1", "description": f"ours\n{marker_line(MARKER)}"}


def permit_for(client, vmid, node, *, purge=False):
    """The permit for a native container whose record matches what is there."""
    seen = client.inspect(vmid, node)
    record = make.container(cluster="lab", vmid=vmid, node=node, fingerprint=fingerprint_of(seen.config))
    permit = mint(record, seen, client.now(), provenance=make.PROVENANCE, purge=purge)
    assert isinstance(permit, DestroyPermit)
    return permit


def last_write(lab):
    return lab.journal.writes()[-1]


def test_power_actions_answer_with_their_task(lab, client):
    for act in (
        lambda: client.start(permit_to(client, WriteAction.START, 102, "pve2")),
        lambda: client.reboot(permit_to(client, WriteAction.REBOOT, 102, "pve2")),
        lambda: client.shutdown(permit_to(client, WriteAction.SHUTDOWN, 102, "pve2"), timeout=7),
    ):
        assert client.wait_task(act(), 10).succeeded
    assert lab.world.container(102).status == "stopped"
    client.wait_task(client.stop(permit_to(client, WriteAction.STOP, 101, "pve1")), 10)
    assert lab.world.container(101).status == "stopped"
    assert [entry.path.rpartition("/")[2] for entry in lab.journal.writes()] == ["start", "reboot", "shutdown", "stop"]


def test_a_shutdown_never_turns_into_a_stop_unasked(lab, client):
    client.shutdown(permit_to(client, WriteAction.SHUTDOWN, 101, "pve1"), timeout=7)
    assert last_write(lab).params == {"timeout": "7", "forceStop": "0"}


def test_a_new_container_is_unprivileged_stopped_and_carries_our_marker(lab, client):
    task = client.wait_task(client.create(permit_to_make(client, 150, "pve1"), OPTIONS, **NAMED), 10)
    assert task.succeeded
    sent = last_write(lab)
    assert (sent.method, sent.path) == ("POST", "/nodes/pve1/lxc")
    assert str(sent.params["unprivileged"]) == "1"
    assert not {"force", "start", "restore", "password"} & set(sent.params)
    seen = client.inspect(150, "pve1")
    assert (seen.status, seen.fingerprint.marker, seen.fingerprint.hostname) == ("stopped", MARKER, "app1")
    assert seen.fingerprint.unprivileged is True
    assert seen.config["rootfs"].startswith("local-lvm:")
    assert "size=6G" in seen.config["rootfs"]
    assert "bridge=vmbr0" in seen.config["net0"]


def test_a_container_may_have_no_network(lab, client):
    client.wait_task(client.create(permit_to_make(client, 150, "pve1"), replace(OPTIONS, bridge=None), **NAMED), 10)
    assert "net0" not in client.inspect(150, "pve1").config


@pytest.mark.parametrize(
    "bent",
    [
        {"template": "/etc/passwd"}, {"template": "local:a/../b"}, {"storage": "x/../y"}, {"storage": "local:7,mp=/"},
        {"bridge": "vmbr0,firewall=0"}, {"bridge": ""},
    ],
)  # fmt: skip
def test_a_request_that_would_say_something_else_is_refused_before_it_is_sent(lab, client, bent):
    with pytest.raises(errors.InvalidName, match="nothing was sent to Proxmox"):
        client.create(permit_to_make(client, 150, "pve1"), replace(OPTIONS, **bent), **NAMED)
    assert lab.journal.writes() == []


def test_a_vmid_that_is_taken_is_refused(lab, client):
    permit = permit_to_make(client, 150, "pve1")
    lab.world.add_container(150, node="pve2")
    with pytest.raises(errors.RefusedByProxmox, match="already exists"):
        client.create(permit, OPTIONS, **NAMED)


def test_a_clone_does_not_inherit_the_description_of_its_source(lab, client):
    lab.world.set_config(102, description=marker_line("f" * 32))
    permit = permit_to(client, WriteAction.CLONE, 102, "pve2")
    options = CloneOptions(102, 1, "pve2", full=True, marker=MARKER)
    upid = client.clone(permit, options, newid=160, hostname="copy", description=marker_line(MARKER))
    assert client.wait_task(upid, 10).succeeded
    assert client.inspect(160, "pve2").fingerprint.marker == MARKER
    assert str(last_write(lab).params["full"]) == "1"


def test_a_backup_says_exactly_what_is_backed_up_and_that_no_other_goes_for_it(lab, client):
    lab.world.set_status(102, "stopped")
    older = lab.world.add_backup(102, storage="backups", ago=3600)
    permit = permit_to(client, WriteAction.BACK_UP, 102, "pve2")
    task = client.wait_task(client.back_up(permit, before_destroy("backups")), 10)
    assert (task.succeeded, task.type, task.id) == (True, "vzdump", "102")
    sent = last_write(lab)
    assert (sent.method, sent.path) == ("POST", "/nodes/pve2/vzdump")
    assert sent.params == {
        "vmid": "102", "storage": "backups", "mode": "stop", "compress": "zstd", "remove": "0", "protected": "1",
    }  # fmt: skip
    newest, kept = client.backups("pve2", 102, ["backups"])
    assert kept.volid == older != newest.volid


def test_a_backup_of_what_moved_away_is_definitely_none(lab, client):
    permit = permit_to(client, WriteAction.BACK_UP, 102, "pve2")
    lab.world.migrate(102, "pve1")
    with pytest.raises(errors.GuestNotFound, match="nothing was backed up") as caught:
        client.back_up(permit, before_destroy("backups"))
    assert not caught.value.may_have_run


def test_a_storage_whose_name_would_say_something_else_is_refused_before_it_is_sent(lab, client):
    with pytest.raises(errors.InvalidName, match="is not a storage, so nothing was sent"):
        client.back_up(permit_to(client, WriteAction.BACK_UP, 102, "pve2"), before_destroy("x/../y"))
    assert lab.journal.writes() == []


def test_a_destroy_says_exactly_what_is_destroyed_and_what_is_not(lab, client):
    permit = permit_for(client, 102, "pve2")
    assert client.wait_task(client.destroy(permit), 10).succeeded
    assert lab.world.container(102) is None
    sent = last_write(lab)
    assert (sent.method, sent.path) == ("DELETE", "/nodes/pve2/lxc/102")
    assert sent.params == {"force": "0", "purge": "0", "destroy-unreferenced-disks": "0"}


def test_a_purge_is_sent_when_it_was_permitted(lab, client):
    client.destroy(permit_for(client, 102, "pve2", purge=True))
    assert last_write(lab).params["purge"] == "1"


def test_a_permit_is_for_one_deed_on_one_cluster_once(lab, client):
    permit = permit_to(client, WriteAction.SHUTDOWN, 101, "pve1")
    with pytest.raises(PermitError, match="permit to shutdown CT 101 is not one to stop"):
        client.stop(permit)
    elsewhere = replace(client.inspect(101, "pve1"), cluster="attic")
    record = make.container(cluster="attic", vmid=101, fingerprint=elsewhere.fingerprint)
    foreign = permit_write(WriteAction.SHUTDOWN, record, elsewhere, client.now(), provenance=make.PROVENANCE)
    assert isinstance(foreign, WritePermit)
    with pytest.raises(PermitError, match="permit to shutdown CT 101 is for cluster attic, not for lab"):
        client.shutdown(foreign)
    client.shutdown(permit)
    with pytest.raises(PermitError, match="already used"):
        client.shutdown(permit)
    assert len(lab.journal.writes()) == 1


def test_a_permit_opens_once(lab, client):
    permit = permit_for(client, 102, "pve2")
    client.destroy(permit)
    with pytest.raises(PermitError, match="already used"):
        client.destroy(permit)
    assert lab.journal.count("DELETE") == 1


def test_a_permit_is_spent_even_when_the_answer_was_lost(lab, client):
    permit = permit_for(client, 102, "pve2")
    lab.faults.lose_answer(method="DELETE")
    with pytest.raises(errors.Unknown) as caught:
        client.destroy(permit)
    assert caught.value.may_have_run
    with pytest.raises(PermitError):
        client.destroy(permit)
    assert lab.journal.count("DELETE") == 1


def test_a_permit_does_not_open_another_cluster(lab, gateway_of, client):
    permit = permit_for(client, 102, "pve2")
    permit.cluster = "other"
    with pytest.raises(PermitError, match="not for lab"):
        client.destroy(permit)
    assert lab.journal.writes() == []


def test_a_read_only_gateway_destroys_nothing(lab, gateway_of, client):
    permit = permit_for(client, 102, "pve2")
    with pytest.raises(errors.ReadOnly):
        gateway_of(lab, read_only=True).destroy(permit)
    assert lab.journal.writes() == []


def test_a_container_that_somebody_just_started_is_not_destroyed(lab, client):
    permit = permit_for(client, 102, "pve2")
    lab.world.set_status(102, "running")
    with pytest.raises(errors.RefusedByProxmox, match="container is running"):
        client.destroy(permit)
    assert lab.world.container(102).status == "running"


@pytest.mark.parametrize(
    ("disturb", "ran"),
    [
        (lambda faults: faults.lose_answer("/status/start"), True),
        (lambda faults: faults.drop("/status/start"), False),
        (lambda faults: faults.answer(596, "Connection timed out", "/status/start"), False),
        (lambda faults: faults.truncate("/status/start"), True),
        (lambda faults: faults.html("/status/start"), False),
    ],
)
def test_a_write_without_an_answer_is_sent_once_and_its_task_can_be_looked_up(lab, gateway_of, disturb, ran):
    client = gateway_of(lab)
    disturb(lab.faults)
    with pytest.raises(errors.Unknown) as caught:
        client.start(permit_to(client, WriteAction.START, 102, "pve2"))
    assert caught.value.may_have_run
    assert lab.journal.count("POST", "/status/start") == 1
    assert any(task.type == "vzstart" for task in client.find_tasks("pve2", 102)) is ran


def test_a_write_that_hangs_is_sent_once_and_may_have_run(lab, gateway_of):
    client = gateway_of(lab, write_timeout=0.2)
    lab.faults.hang("/status/start")
    permit = permit_to(client, WriteAction.START, 102, "pve2")
    with pytest.raises(errors.Unknown, match=r"no answer within 0\.2 s") as caught:
        client.start(permit)
    assert caught.value.may_have_run
    until(lambda: lab.journal.count("POST", "/status/start") == 1)
    assert client.find_tasks("pve2", 102) == ()


@pytest.mark.parametrize("reply", [ok(None), ok("done"), ok({}), ok(["UPID"]), raw(b"{}")])
def test_an_answer_that_is_no_task_leaves_open_whether_the_write_ran(client, serve, gateway_to, reply):
    permit = permit_to(client, WriteAction.START, 102, "pve2")
    with pytest.raises(errors.Unknown, match="malformed") as caught:
        gateway_to(serve(reply)).start(permit)
    assert caught.value.may_have_run


def test_a_locked_container_is_busy(lab, client):
    world: World = lab.world
    permit = permit_for(client, 102, "pve2")
    world.set_lock(102, "backup")
    with pytest.raises(errors.Busy, match="backup"):
        client.destroy(permit)
    assert world.container(102) is not None
