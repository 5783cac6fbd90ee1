"""The backups of a VMID over every storage of a cluster, and what could not be seen of them."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.model import BackupGap, StorageReading, StorageStatus, Unlisted, Verification
from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.backups.all_backups import BackupPlace, places_of
from proximity_tui.simulator.vocabulary import PRIVILEGES

HOUR = 3600.0


def why(gaps: tuple[BackupGap, ...] | list[BackupGap]) -> list[tuple[Unlisted, str | None, str | None]]:
    return [(gap.why, gap.storage, gap.node) for gap in gaps]


@pytest.fixture
def stored(lab):
    """web1 has a backup on each of: a shared storage, a backup server, and the local storage of either node."""
    lab.world.add_storage("vault", "pbs", ("backup",), shared=True)
    web1 = {"vmid": 101, "notes": "web1"}
    lab.world.add_backup(**web1, storage="backups", ago=4 * HOUR)
    lab.world.add_backup(**web1, storage="vault", ago=3 * HOUR, verification="failed", encrypted="AA:BB")
    lab.world.add_backup(**web1, storage="local", ago=2 * HOUR, protected=True)
    with lab.world.entered() as cluster:
        cluster.guests[101].node = "pve2"
    lab.world.add_backup(**web1, storage="local", ago=HOUR)
    lab.world.add_backup(102, storage="backups", ago=60)
    lab.journal.clear()
    return lab


def test_every_storage_is_listed_newest_first_a_shared_one_once(stored, client):
    listed = client.all_backups(101)
    assert [(backup.storage, backup.nodes) for backup in listed.found] == [
        ("local", ("pve2",)),
        ("local", ("pve1",)),
        ("vault", ("pve1", "pve2")),
        ("backups", ("pve1", "pve2")),
    ]
    assert (listed.gaps, listed.says_none) == ((), False)
    assert [entry.path for entry in stored.journal.entries() if entry.path.endswith("/content")] == [
        "/nodes/pve1/storage/backups/content",
        "/nodes/pve1/storage/local/content",
        "/nodes/pve2/storage/local/content",
        "/nodes/pve1/storage/vault/content",
    ]


def test_a_backup_tells_its_verification_its_format_and_whether_it_is_encrypted(stored, client):
    _, protected, vault, plain = client.all_backups(101).found
    assert (vault.verification, vault.encrypted, vault.format) == (Verification.FAILED, True, "pbs-ct")
    assert (plain.verification, plain.encrypted, plain.format) == (None, False, "tar.zst")
    assert (plain.notes, plain.protected, protected.protected, plain.vmid) == ("web1", False, True, 101)


def test_none_is_said_only_of_a_guest_whose_backups_would_be_shown(stored, client):
    assert client.all_backups(103).says_none
    stored.set_acl(stored.token_id, {"/": PRIVILEGES - {"Datastore.Allocate", "VM.Backup"}})
    listed = client.all_backups(103)
    assert not listed.says_none
    assert why(listed.gaps) == [(Unlisted.NO_RIGHT, name, None) for name in ("backups", "local", "vault")]


def test_without_the_right_to_see_storages_it_is_said_that_some_may_be_missing(stored, client):
    stored.set_acl(stored.token_id, {"/": ["VM.Audit", "VM.Backup"], "/storage/backups": ["Datastore.AllocateSpace"]})
    listed = client.all_backups(101)
    assert [backup.storage for backup in listed.found] == ["backups"]
    assert why(listed.gaps) == [(Unlisted.STORAGES_HIDDEN, None, None)]


def test_a_node_that_is_offline_hides_only_its_own_storages(stored, client):
    stored.world.set_node_online("pve2", False)
    listed = client.all_backups(101)
    assert [(backup.storage, backup.nodes) for backup in listed.found] == [
        ("local", ("pve1",)),
        ("vault", ("pve1",)),
        ("backups", ("pve1",)),
    ]
    assert why(listed.gaps) == [(Unlisted.NODE_OFFLINE, "local", "pve2")]


def test_a_shared_storage_is_asked_of_the_next_node_when_the_first_does_not_reach_it(stored, client):
    stored.world.set_storage_reachable("backups", "pve1", False)
    listed = client.all_backups(101)
    assert "backups" in {backup.storage for backup in listed.found}
    assert listed.gaps == ()
    stored.world.set_storage_reachable("backups", "pve2", False)
    listed = client.all_backups(101)
    assert "backups" not in {backup.storage for backup in listed.found}
    assert why(listed.gaps) == [(Unlisted.UNREADABLE, "backups", node) for node in ("pve1", "pve2")]
    assert "storage 'backups' is not online" in listed.unlisted[0]


def test_a_storage_that_its_node_has_told_nothing_of_is_offline():
    holds: dict[str, Any] = {"content": ("backup",), "shared": True}
    rows = [
        StorageReading("pve1", "nas", StorageStatus.UNKNOWN, **holds),
        StorageReading("pve2", "nas", StorageStatus.AVAILABLE, **holds),
        StorageReading("pve1", "tape", StorageStatus.UNKNOWN, **holds),
        StorageReading("pve1", "disks", StorageStatus.AVAILABLE, content=("rootdir",)),
    ]
    gaps: list[BackupGap] = []
    assert places_of(rows, {"pve1", "pve2"}, gaps) == (BackupPlace("nas", ("pve2",)),)
    assert why(gaps) == [(Unlisted.STORAGE_OFFLINE, "tape", None)]
    assert gaps[0].sentence == "storage tape is offline: its backups cannot be listed"


def test_the_newest_backups_ask_each_storage_once_for_the_newest_of_every_guest(stored, client):
    found = client.newest_backups()
    assert {vmid: (one.storage, one.nodes) for vmid, one in found.newest.items()} == {
        101: ("local", ("pve2",)),
        102: ("backups", ("pve1", "pve2")),
    }
    assert (found.gaps, found.storages) == ((), ("backups", "local", "vault"))
    assert stored.journal.count("GET", "/content") == 4
    assert stored.journal.count("GET") == 7


def test_the_newest_backups_after_a_fresh_whole_list_read_neither_nodes_nor_storages(stored, client, clock):
    whole = client.newest_backups()
    client.guest_list()
    stored.journal.clear()
    assert client.newest_backups().newest == whole.newest
    assert stored.journal.count("GET") == 5
    clock.sleep(HOUR)
    stored.journal.clear()
    assert client.newest_backups().newest == whole.newest
    assert stored.journal.count("GET") == 7


def test_guests_without_a_backup_job_are_known_only_with_the_right_to_ask(stored, client):
    assert client.uncovered() == {101, 102}
    stored.world.add_backup_job(102)
    assert client.uncovered() == {101}
    stored.set_acl(stored.token_id, {"/": PRIVILEGES - {"Sys.Audit"}})
    with pytest.raises(errors.Denied, match=r"lacks Sys\.Audit on /"):
        client.uncovered()
