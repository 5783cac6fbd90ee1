"""The words of Proxmox for a failure: what is known of them, and that nothing is read into the rest."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.guards.proxmox_words import advised, meaning_of
from proximity_tui.core.model import RefusalCode


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("CT is locked (backup)", RefusalCode.LOCKED),
        ("unable to create CT 105 - CT is locked (create)", RefusalCode.LOCKED),
        ("can't lock file '/run/lock/lxc/pve-config-105.lock' - got timeout", RefusalCode.LOCKED),
        ("Failed to obtain guest migration lock - replication running?", RefusalCode.LOCKED),
        ("cluster not ready - no quorum?", RefusalCode.NO_QUORUM),
        ("cfs-lock 'storage-nfs' error: no quorum!", RefusalCode.NO_QUORUM),
        (
            "unable to open file '/etc/pve/nodes/pve2/lxc/201.conf.tmp.798' - Permission denied",
            RefusalCode.NO_QUORUM,
        ),
        ("403 Permission check failed (/vms/101, VM.Backup)", RefusalCode.DENIED),
        ("unable to create CT 161 - volume 'local:vztmpl/nope.tar.gz' does not exist", RefusalCode.CHANGED),
        ("VM 105 not running", RefusalCode.CHANGED),
        ("CT 105 already running", RefusalCode.ALREADY_RUNNING),
        ("CT 105 already exists on node 'pve1'", RefusalCode.CHANGED),
        ("Configuration file 'nodes/pve1/lxc/999.conf' does not exist", RefusalCode.CHANGED),
        ("Backup of VM 999 failed - unable to find VM '999' (job errors)", RefusalCode.CHANGED),
        ("snapshot name 'snap1' already used", RefusalCode.NAME_TAKEN),
        ("snapshot 'nosuch' does not exist", RefusalCode.CHANGED),
        ("snapshot feature is not available", RefusalCode.NO_SNAPSHOTS),
        ("you can't start a CT if it's a template", RefusalCode.TEMPLATE),
        ("unable to destroy CT 101 - container is running", RefusalCode.RUNNING),
        ("Full clone of a running container is only possible from a snapshot", RefusalCode.RUNNING),
        ("can't remove CT 103 - protection mode enabled", RefusalCode.PROTECTED),
        ("The number of protected backups per guest is limited to 5 on storage 'local'", RefusalCode.BACKUP_LIMIT),
        ("could not activate storage 'nosuch': storage 'nosuch' does not exist", RefusalCode.INACTIVE),
        ("ssh: connect to host 10.0.0.2 port 22: No route to host", RefusalCode.OFFLINE),
    ],
)
def test_what_forbids_an_action_has_the_code_of_the_guard_for_it(words: str, code: RefusalCode) -> None:
    meaning = meaning_of(words)
    assert meaning is not None
    assert (meaning.code, bool(meaning.advice)) == (code, True)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("CT is locked (backup)", RefusalCode.LOCKED),
        # It has destroyed the disks by then, and kept the config.
        ("unable to open file '/etc/pve/nodes/pve2/lxc/201.conf.tmp.798' - Permission denied", None),
        ("storage 'nfs' is not online", None),
    ],
)
def test_what_a_task_may_meet_half_way_is_no_refusal(words: str, code: RefusalCode | None) -> None:
    meaning = meaning_of(words)
    assert meaning is not None
    assert meaning.code_in_task is code


def test_a_full_storage_is_a_failure_with_advice() -> None:
    words = "mkfs.ext4: no space left on device"
    meaning = meaning_of(words)
    assert meaning is not None
    assert meaning.code is None
    assert advised(words, meaning) == f"{words}; free some space there, or choose another storage"
    assert advised(words, None) == words


@pytest.mark.parametrize(
    "words",
    ["startup for container '107' failed", "container did not stop", "received interrupt", "job errors",
     "volume 'local:109/vm-109-disk-0.raw' does not exist"],
)  # fmt: skip
def test_nothing_is_read_into_other_words(words: str) -> None:
    assert meaning_of(words) is None
    assert advised(words, None) == words
