"""Creating, cloning and restoring, from the stub to the finished container."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.lab import DEBIAN, Lab

NEW: dict[str, Any] = {"vmid": 105, "ostemplate": DEBIAN, "rootfs": "local-lvm:8", "unprivileged": 1}


def test_a_creation_is_a_locked_stub_first(lab: Lab) -> None:
    upid = lab.begin("POST", "/nodes/pve1/lxc", {**NEW, "hostname": "fresh"})
    stub = lab.get("/nodes/pve1/lxc/105/config")
    assert set(stub) == {"lock", "digest"}
    assert stub["lock"] == "create"
    assert lab.get("/nodes/pve1/lxc/105/status/current")["name"] == "CT105"
    assert lab.ask("DELETE", "/nodes/pve1/lxc/105").failure == "500 CT is locked (create)"
    lab.clock.advance(1)
    assert lab.task(upid)["exitstatus"] == "OK"
    assert lab.get("/nodes/pve1/lxc/105/config")["hostname"] == "fresh"


def test_defaults_are_proxmoxs_own(lab: Lab) -> None:
    assert lab.run("POST", "/nodes/pve1/lxc", {"vmid": 190, "ostemplate": DEBIAN}) == "OK"
    config = lab.get("/nodes/pve1/lxc/190/config")
    assert config.pop("digest")
    assert config == {
        "hostname": "CT190",
        "memory": 512,
        "swap": 512,
        "arch": "amd64",
        "ostype": "debian",
        "unprivileged": 1,
        "rootfs": "local:190/vm-190-disk-0.raw,size=4G",
    }


def test_settings_come_back_in_proxmoxs_form(lab: Lab) -> None:
    net = "bridge=vmbr0,ip=dhcp,name=eth0"
    lab.run(
        "POST", "/nodes/pve1/lxc", {**NEW, "tags": "B a,c", "description": "one\ntwo", "net0": net, "cpulimit": 1.5}
    )
    config = lab.get("/nodes/pve1/lxc/105/config")
    assert (config["tags"], config["description"], config["cpulimit"]) == ("a;b;c", "one\ntwo\n", "1.5")
    assert config["net0"].startswith("name=eth0,bridge=vmbr0,hwaddr=BC:24:11:")
    assert config["net0"].endswith(",ip=dhcp,type=veth")


def test_a_missing_template_file_fails_in_the_task_and_leaves_nothing(lab: Lab) -> None:
    missing = "local:vztmpl/nope.tar.gz"
    status = lab.run("POST", "/nodes/pve1/lxc", {**NEW, "ostemplate": missing})
    assert status == f"unable to create CT 105 - volume '{missing}' does not exist"
    assert lab.get("/cluster/nextid", vmid=105) == "105"


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"vmid": 101}, "500 CT 101 already exists on node 'pve1'"),
        ({"vmid": 300}, "500 VM 300 already exists on node 'pve1'"),
        ({"storage": "nosuch", "rootfs": "nosuch:1"}, "500 storage 'nosuch' does not exist"),
        ({"ostemplate": "nosuch:vztmpl/x.tar.gz"}, "500 storage 'nosuch' does not exist"),
        ({"pool": "nosuch"}, "403 Permission check failed (pool 'nosuch' does not exist)"),
        ({"mp0": "/srv,mp=/srv"}, "403 Permission check failed (mount point type bind is only allowed for root@pam)"),
    ],
)
def test_what_is_checked_before_the_task(lab: Lab, change: dict[str, Any], failure: str) -> None:
    lab.world.add_container(101)
    lab.world.add_vm(300, "pve1", "machine")
    assert lab.ask("POST", "/nodes/pve1/lxc", {**NEW, **change}).failure == failure


def test_a_creation_with_start_forks_a_second_task(lab: Lab) -> None:
    assert lab.run("POST", "/nodes/pve1/lxc", {**NEW, "start": 1}) == "OK"
    assert [row["type"] for row in lab.get("/nodes/pve1/tasks")] == ["vzstart", "vzcreate"]
    assert lab.get("/nodes/pve1/lxc/105/status/current")["status"] == "running"


def test_all_complaints_about_parameters_come_at_once(lab: Lab) -> None:
    reply = lab.ask(
        "POST", "/nodes/pve1/lxc", {"vmid": "abc", "memory": "lots", "cores": 0, "bogus": 1, "start": "True"}
    )
    assert reply.failure == "400 Parameter verification failed."
    assert reply.body["errors"] == {
        "vmid": "type check ('integer') failed - got 'abc'",
        "memory": "type check ('integer') failed - got 'lots'",
        "cores": "value must have a minimum value of 1",
        "bogus": "property is not defined in schema and the schema does not allow additional properties",
        "start": "type check ('boolean') failed - got 'True'",
        "ostemplate": "property is missing and it is not optional",
    }


def test_a_clone_takes_tags_description_and_protection_and_gets_its_own_addresses(lab: Lab) -> None:
    lab.world.add_container(101, status="stopped", hostname="source", tags="x", description="d", protection=True)
    upid = lab.begin("POST", "/nodes/pve1/lxc/101/clone", {"newid": 105, "hostname": "copy"})
    assert upid.split(":")[5:7] == ["vzclone", "101"]
    rows = lab.rows()
    assert (rows[101]["lock"], rows[105]["lock"]) == ("disk", "create")
    lab.clock.advance(1)
    source, copy = (lab.get(f"/nodes/pve1/lxc/{vmid}/config") for vmid in (101, 105))
    assert "lock" not in source
    assert copy["hostname"] == "copy"
    assert all(copy[key] == source[key] for key in ("tags", "description", "protection", "memory"))
    assert copy["net0"] != source["net0"]
    assert copy["rootfs"] == "local-lvm:vm-105-disk-0,size=8G"


def test_a_running_container_is_cloned_from_a_snapshot_only(lab: Lab) -> None:
    lab.world.add_container(101, snapshots=["s1"])
    failure = "500 Full clone of a running container is only possible from a snapshot"
    assert lab.ask("POST", "/nodes/pve1/lxc/101/clone", {"newid": 105}).failure == failure
    assert lab.run("POST", "/nodes/pve1/lxc/101/clone", {"newid": 105, "snapname": "s1", "full": 1}) == "OK"


def test_a_template_is_cloned_without_copying(lab: Lab) -> None:
    lab.world.add_container(900, template=True)
    assert lab.run("POST", "/nodes/pve1/lxc/900/clone", {"newid": 105}) == "OK"
    config = lab.get("/nodes/pve1/lxc/105/config")
    assert config["rootfs"].startswith("local-lvm:base-900-disk-0/vm-105-disk-0")
    assert "template" not in config


def test_a_backup_restores_with_its_addresses_unless_unique(lab: Lab) -> None:
    lab.world.add_container(101, hostname="saved", protection=True)
    volid = lab.world.add_backup(101)
    before = lab.get("/nodes/pve1/lxc/101/config")
    wish = {"ostemplate": volid, "restore": 1, "storage": "local-lvm"}
    assert lab.run("POST", "/nodes/pve1/lxc", {**wish, "vmid": 105}) == "OK"
    assert lab.run("POST", "/nodes/pve1/lxc", {**wish, "vmid": 106, "unique": 1}) == "OK"
    same, fresh = (lab.get(f"/nodes/pve1/lxc/{vmid}/config") for vmid in (105, 106))
    assert (same["net0"], same["hostname"], same["protection"]) == (before["net0"], "saved", 1)
    assert fresh["net0"] != before["net0"]
    refused = lab.ask("POST", "/nodes/pve1/lxc", {**wish, "vmid": 105, "force": 1})
    assert refused.failure == "500 unable to restore CT 105 - protection mode enabled"


def test_a_restore_makes_its_volumes_anew_and_tells_how_far_it_is(lab: Lab) -> None:
    mount = "local-lvm:vm-101-disk-1,mp=/srv,backup=1,size=3G"
    lab.world.add_container(101, hostname="saved", unprivileged=False, mp0=mount, description="a: b\nlast")
    volid = lab.world.add_backup(101)
    wish = {"ostemplate": volid, "restore": 1, "storage": "local", "unprivileged": 1, "hostname": "again", "vmid": 105}
    upid = lab.begin("POST", "/nodes/pve1/lxc", wish)
    assert lab.get("/nodes/pve1/lxc/105/config")["lock"] == "create"
    log = lambda: [line["t"] for line in lab.get(f"/nodes/pve1/tasks/{upid}/log")]  # noqa: E731
    assert log() == [f"recovering backed-up configuration from '{volid}'"]
    lab.clock.advance(0.5)
    assert log()[-1] == f"extracting archive '/var/lib/vz/dump/{volid.rpartition('/')[2]}'"
    lab.clock.advance(1)
    assert log()[-2:] == ["merging backed-up and given configuration..", "TASK OK"]
    config = lab.get("/nodes/pve1/lxc/105/config")
    assert (config["rootfs"], config["mp0"]) == (
        "local:105/vm-105-disk-0.raw,size=8G",
        "local:105/vm-105-disk-1.raw,mp=/srv,backup=1,size=3G",
    )
    assert (config["hostname"], config["unprivileged"]) == ("again", 1)
    told = lab.get("/nodes/pve1/vzdump/extractconfig", volume=volid)
    assert told.startswith("#a%3A b\n#last\n")
    assert "\nhostname: saved\n" in told


@pytest.mark.parametrize(
    ("broken", "failure"),
    [
        ("plot", "tar: Unexpected EOF in archive"),
        ("folder", "unable to restore CT 105 - restoring 'mp0' to bind mount is only possible for root"),
        ("pruned", "unable to restore CT 105 - volume 'local:backup/gone.tar.zst' does not exist"),
    ],
)
def test_a_restore_that_fails_half_way_leaves_nothing(lab: Lab, broken: str, failure: str) -> None:
    mounted: dict[str, Any] = {"mp0": "/srv,mp=/srv"} if broken == "folder" else {}
    lab.world.add_container(101, **mounted)
    volid = "local:backup/gone.tar.zst" if broken == "pruned" else lab.world.add_backup(101)
    if broken == "plot":
        lab.world.fail_next_task("vzrestore", 105, failure)
    assert lab.run("POST", "/nodes/pve1/lxc", {"ostemplate": volid, "restore": 1, "vmid": 105}) == failure
    assert lab.get("/cluster/nextid", vmid=105) == "105"


def test_a_backup_is_only_read_with_the_right_to_back_its_guest_up(lab: Lab) -> None:
    lab.world.add_container(101)
    volid = lab.world.add_backup(101)
    rights = ["Datastore.AllocateSpace", "VM.Allocate", "VM.Audit", "SDN.Use"]
    lab.simulator.set_acl(lab.simulator.token_id, {"/": rights})
    denied = "403 Permission check failed (/vms/101, VM.Backup)"
    assert lab.ask("GET", "/nodes/pve1/vzdump/extractconfig", {"volume": volid}).failure == denied
    wish = {"ostemplate": volid, "restore": 1, "vmid": 105}
    assert lab.ask("POST", "/nodes/pve1/lxc", wish).failure == denied


def test_a_conversion_to_template_returns_no_upid(lab: Lab) -> None:
    lab.world.add_container(101, status="stopped")
    assert lab.ask("POST", "/nodes/pve1/lxc/101/template").data is None
    assert "template" not in lab.get("/nodes/pve1/lxc/101/config")
    lab.clock.advance(1)
    config = lab.get("/nodes/pve1/lxc/101/config")
    assert (config["template"], config["rootfs"]) == (1, "local-lvm:base-101-disk-0,size=8G")
    assert lab.ask("POST", "/nodes/pve1/lxc/101/template").failure == "500 you can't convert a template to a template"


def test_next_id_is_a_string_and_takes_machines_into_account(lab: Lab) -> None:
    lab.world.add_container(100)
    lab.world.add_vm(101, "pve1", "machine")
    assert lab.get("/cluster/nextid") == "102"
    reply = lab.ask("GET", "/cluster/nextid", {"vmid": 101})
    assert reply.body["errors"] == {"vmid": "VM 101 already exists"}
