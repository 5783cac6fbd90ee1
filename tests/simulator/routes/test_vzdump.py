"""Backing up a container: what is locked meanwhile, what lies there afterwards, and how it is refused or fails."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.lab import Lab

VZDUMP = "/nodes/pve1/vzdump"
WISH: dict[str, Any] = {"vmid": 101, "storage": "local", "mode": "stop", "compress": "zstd"}


@pytest.fixture
def ct(lab: Lab) -> Lab:
    """A lab with a stopped container 101."""
    lab.world.add_container(101, node="pve1", status="stopped", hostname="web1")
    return lab


def backups(lab: Lab, storage: str = "local") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = lab.get(f"/nodes/pve1/storage/{storage}/content", content="backup", vmid=101)
    return rows


def told(lab: Lab, upid: str) -> str:
    """What the log of a task says of an error."""
    return next(line for line in lab.log(upid) if line.startswith("ERROR: "))


def test_a_container_is_locked_while_it_is_backed_up_and_the_backup_is_there_afterwards(ct: Lab) -> None:
    before = ct.get("/nodes/pve1/lxc/101/config")
    upid = ct.begin("POST", VZDUMP, WISH)
    assert upid.split(":")[5:7] == ["vzdump", "101"]
    assert ct.get("/nodes/pve1/lxc/101/config")["lock"] == "backup"
    assert ct.ask("DELETE", "/nodes/pve1/lxc/101").failure == "500 CT is locked (backup)"
    assert backups(ct) == [], "nothing is listed before it is whole"
    ct.clock.advance(1)
    assert ct.task(upid)["exitstatus"] == "OK"
    assert ct.get("/nodes/pve1/lxc/101/config") == before, "the digest is what it was"
    [row] = backups(ct)
    assert (row["vmid"], row["subtype"], row["format"]) == (101, "lxc", "tar.zst")
    assert row["volid"].startswith("local:backup/vzdump-lxc-101-")
    assert "protected" not in row


@pytest.mark.parametrize(("mode", "meanwhile"), [("stop", "stopped"), ("suspend", "running"), ("snapshot", "running")])
def test_only_the_mode_stop_stops_a_container_that_runs_and_starts_it_again(ct: Lab, mode: str, meanwhile: str) -> None:
    ct.world.set_status(101, "running")
    ct.begin("POST", VZDUMP, {**WISH, "mode": mode})
    seen = ct.world.container(101)
    assert seen is not None
    assert seen.status == meanwhile
    ct.clock.advance(1)
    after = ct.world.container(101)
    assert after is not None
    assert (after.status, after.lock) == ("running", None)


def test_a_backup_outlives_its_container(ct: Lab) -> None:
    assert ct.run("POST", VZDUMP, WISH) == "OK"
    assert ct.run("DELETE", "/nodes/pve1/lxc/101") == "OK"
    assert len(backups(ct)) == 1


def test_a_failure_is_told_in_the_log_and_leaves_no_backup_and_no_lock(ct: Lab) -> None:
    ct.world.fail_next_task("vzdump", 101, "no space left on device")
    upid = ct.begin("POST", VZDUMP, WISH)
    ct.clock.advance(1)
    assert ct.task(upid)["exitstatus"] == "no space left on device"
    assert told(ct, upid) == "ERROR: Backup of VM 101 failed - no space left on device"
    assert backups(ct) == []
    assert "lock" not in ct.get("/nodes/pve1/lxc/101/config")


def test_one_that_never_ends_keeps_its_lock_until_it_is_aborted(ct: Lab) -> None:
    ct.world.hang_next_task("vzdump", 101)
    upid = ct.begin("POST", VZDUMP, WISH)
    ct.clock.advance(3600)
    assert ct.get("/nodes/pve1/lxc/101/config")["lock"] == "backup"
    ct.ask("DELETE", f"/nodes/pve1/tasks/{upid}")
    assert "lock" not in ct.get("/nodes/pve1/lxc/101/config")
    assert backups(ct) == []


def test_what_is_locked_is_not_backed_up(ct: Lab) -> None:
    ct.world.set_lock(101, "snapshot")
    upid = ct.begin("POST", VZDUMP, WISH)
    assert ct.task(upid)["exitstatus"] == "job errors"
    assert told(ct, upid) == "ERROR: Backup of VM 101 failed - CT is locked (snapshot)"


@pytest.mark.parametrize(
    ("storage", "words"),
    [
        ("nosuch", "storage 'nosuch' does not exist"),
        ("local-lvm", "can't use storage 'local-lvm' for backups - wrong content type"),
    ],
)
def test_a_storage_that_takes_no_backups_fails_the_task(ct: Lab, storage: str, words: str) -> None:
    upid = ct.begin("POST", VZDUMP, {**WISH, "storage": storage})
    assert words in ct.task(upid)["exitstatus"]


def test_the_right_to_the_storage_is_asked_for_at_once_and_the_one_to_the_guest_in_the_task(ct: Lab) -> None:
    ct.act_as("nobody@pve!a", {"/vms": ["VM.Backup", "VM.Audit"]})
    refused = ct.ask("POST", VZDUMP, WISH).failure
    assert refused == "403 Permission check failed (/storage/local, Datastore.AllocateSpace)"
    ct.act_as("nobody@pve!b", {"/storage": ["Datastore.AllocateSpace"], "/vms": ["VM.Audit"]})
    upid = ct.begin("POST", VZDUMP, WISH)
    assert ct.task(upid)["exitstatus"] == "403 Permission check failed (/vms/101, VM.Backup)"


def test_a_container_on_another_node_is_passed_over_without_a_task(ct: Lab) -> None:
    ct.world.add_node("pve2")
    ct.world.add_container(102, node="pve2")
    assert ct.ask("POST", VZDUMP, {**WISH, "vmid": 102}).data == "OK"


def test_a_container_that_nobody_has_fails_in_the_task(ct: Lab) -> None:
    upid = ct.begin("POST", VZDUMP, {**WISH, "vmid": 199})
    assert told(ct, upid) == "ERROR: Backup of VM 199 failed - unable to find VM '199'"


def test_ha_keeps_what_it_started_from_being_stopped_for_a_backup(ct: Lab) -> None:
    ct.world.set_ha(101, "started")
    upid = ct.begin("POST", VZDUMP, WISH)
    assert "HA managed and enabled Service" in told(ct, upid)


def keeping_two(lab: Lab) -> list[str]:
    """A storage that keeps two backups of a guest, and has two."""
    lab.world.add_storage("vault", "nfs", ("backup",), shared=True, path="/mnt/pve/vault", keep_last=2)
    return [lab.world.add_backup(101, storage="vault", ago=86_400.0 * days) for days in (2, 1)]


def test_a_backup_prunes_older_ones_unless_it_is_told_not_to(ct: Lab) -> None:
    oldest, newer = keeping_two(ct)
    assert ct.run("POST", VZDUMP, {**WISH, "storage": "vault"}) == "OK"
    left = [row["volid"] for row in backups(ct, "vault")]
    assert (len(left), oldest in left, newer in left) == (2, False, True)


def test_without_pruning_a_full_storage_takes_only_a_protected_one(ct: Lab) -> None:
    kept = keeping_two(ct)
    upid = ct.begin("POST", VZDUMP, {**WISH, "storage": "vault", "remove": 0})
    assert "There is a max backup limit of 2 enforced by the target storage" in told(ct, upid)
    assert ct.run("POST", VZDUMP, {**WISH, "storage": "vault", "remove": 0, "protected": 1}) == "OK"
    rows = {row["volid"]: row.get("protected") for row in backups(ct, "vault")}
    assert dict.fromkeys(kept).items() <= rows.items()
    assert sorted(rows.values(), key=str) == [1, None, None]
    assert ct.run("POST", VZDUMP, {**WISH, "storage": "vault"}) == "OK", "and pruning leaves it alone"
    assert 1 in [row.get("protected") for row in backups(ct, "vault")]


AUDITOR = ["VM.Audit", "Datastore.Audit", "Sys.Audit"]
OPERATOR = ["Datastore.AllocateSpace", "VM.Backup", "VM.Audit"]


@pytest.mark.parametrize(
    ("acl", "listed"),
    [
        ({"/": AUDITOR}, 0),
        ({"/storage": ["Datastore.AllocateSpace"], "/vms": ["VM.Audit"]}, 0),
        ({"/storage": ["Datastore.Audit"], "/vms": ["VM.Backup"]}, 0),
        ({"/storage": ["Datastore.Allocate", "Datastore.Audit"]}, 1),
        ({"/storage": ["Datastore.AllocateSpace"], "/vms": ["VM.Backup"]}, 1),
    ],
    ids=["backup-list-auditor", "store only", "back up only", "allocate", "backup-list"],
)
def test_backups_are_listed_only_to_who_may_make_or_manage_them(ct: Lab, acl: Any, listed: int) -> None:
    """Recorded as L006, L014: 200 and an empty list otherwise, and no word of it."""
    ct.world.add_backup(101)
    ct.act_as("somebody@pve!a", acl)
    assert len(backups(ct)) == listed


def test_who_may_not_even_see_the_storage_is_refused(ct: Lab) -> None:
    """Recorded as L015, `backup-list-nobody`."""
    ct.act_as("nobody@pve!a", {"/vms": ["VM.Audit"]})
    assert ct.ask("GET", "/nodes/pve1/storage/local/content?content=backup&vmid=101").failure == (
        "403 Permission check failed (/storage/local, Datastore.Audit|Datastore.AllocateSpace)"
    )


def test_a_right_that_came_by_a_pool_goes_away_with_the_container_and_so_do_its_backups(ct: Lab) -> None:
    """Recorded as L031 and L032, `backups-pool-before` and `backups-pool-after`."""
    ct.world.add_pool("ours", members=[101])
    ct.world.add_backup(101)
    ct.act_as("poolops@pve!tui", {"/pool/ours": OPERATOR, "/storage": ["Datastore.AllocateSpace"]})
    assert len(backups(ct)) == 1
    ct.world.destroy_outside(101)
    assert backups(ct) == []


@pytest.mark.parametrize(("allocate", "most", "refused"), [(False, None, 5), (False, 2, 2), (True, None, 0)])
def test_protected_backups_of_a_guest_are_limited(ct: Lab, allocate: bool, most: int | None, refused: int) -> None:
    """Recorded as L017 to L022, `vzdump-protected-6`: five for a token without Datastore.Allocate."""
    ct.world.add_storage("vault", "dir", ("backup",), path="/mnt/vault", max_protected=most)
    for hours in range(refused or 5):
        ct.world.add_backup(101, storage="vault", ago=3600.0 * (hours + 1), protected=True)
    storage = ["Datastore.AllocateSpace", *(["Datastore.Allocate"] if allocate else [])]
    ct.act_as("somebody@pve!a", {"/storage": storage, "/vms": ["VM.Backup", "VM.Audit"]})
    upid = ct.begin("POST", VZDUMP, {**WISH, "storage": "vault", "protected": 1, "remove": 0})
    if not refused:
        ct.clock.advance(1)
        assert ct.task(upid)["exitstatus"] == "OK"
        return
    assert ct.task(upid)["exitstatus"] == "job errors"
    assert told(ct, upid) == (
        "ERROR: Backup of VM 101 failed - The number of protected backups per guest is limited to"
        f" {refused} on storage 'vault'"
    )


def path_of(volid: str) -> str:
    """The path of a volume, as a client writes it: its slash is part of its name."""
    return f"/nodes/pve1/storage/local/content/{volid.replace(':', '%3A').replace('/', '%2F')}"


def test_notes_and_protection_of_a_backup_are_set_at_once_and_the_list_has_the_first_line(ct: Lab) -> None:
    volid = ct.world.add_backup(101)
    assert ct.ask("PUT", path_of(volid), {"notes": "one\ntwo", "protected": 1}).data is None
    assert {key: backups(ct)[0][key] for key in ("notes", "protected")} == {"notes": "one", "protected": 1}
    seen = ct.get(path_of(volid))
    assert (seen["notes"], seen["protected"], seen["format"]) == ("one\ntwo", 1, "tar.zst")
    ct.ask("PUT", path_of(volid), {"notes": "", "protected": 0})
    assert not {"notes", "protected"} & backups(ct)[0].keys()


def test_of_a_backup_that_is_gone_a_change_tells_nothing_and_a_reading_fails(ct: Lab) -> None:
    volid = ct.world.add_backup(101).replace("-101-", "-102-")
    assert ct.ask("PUT", path_of(volid), {"protected": 1}).data is None
    assert ct.ask("GET", path_of(volid)).failure == f"500 volume_size_info on '{volid}' failed - no format"


def test_the_limit_of_protected_backups_holds_for_a_change_too_which_stores_the_notes_first(ct: Lab) -> None:
    volid = ct.world.add_backup(101, ago=9.0)
    for hours in range(5):
        ct.world.add_backup(101, ago=3600.0 * (hours + 1), protected=True)
    ct.act_as("somebody@pve!a", {"/storage": ["Datastore.AllocateSpace"], "/vms": ["VM.Backup"]})
    assert ct.ask("PUT", path_of(volid), {"notes": "kept", "protected": 1}).failure == (
        "500 The number of protected backups per guest is limited to 5 on storage 'local'"
    )
    assert ct.get(path_of(volid))["notes"] == "kept"


@pytest.mark.parametrize(
    ("acl", "failure"),
    [
        ({"/storage": ["Datastore.Audit"]}, "403 Permission check failed (/storage/local, Datastore.AllocateSpace)"),
        ({"/storage": ["Datastore.AllocateSpace"]}, "403 Permission check failed (/vms/101, VM.Backup)"),
    ],
)
def test_whoever_may_not_read_a_backup_may_not_change_it(ct: Lab, acl: dict[str, list[str]], failure: str) -> None:
    volid = ct.world.add_backup(101)
    ct.act_as("nobody@pve!b", acl)
    assert ct.ask("PUT", path_of(volid), {"protected": 1}).failure == failure
    assert ct.ask("GET", path_of(volid)).failure == failure
