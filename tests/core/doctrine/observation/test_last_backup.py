"""The last backup of a container, from one list of each storage: known, none, or not known and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from proximity_tui.core.doctrine.observation.last_backup import last_backup
from proximity_tui.core.model import Backup, BackupGap, Kind, NewestBackups, Unlisted
from tests.support.records.make import NOON, container

OURS = replace(container(), kind=Kind.NATIVE, created_at=NOON, predecessor=None)
MADE = Backup("vault:backup/a", NOON + timedelta(days=1), vmid=101)
ALL = {"/storage": frozenset({"Datastore.Audit", "Datastore.Allocate"}), "/vms": frozenset({"VM.Audit"})}
LISTED = NewestBackups(NOON, {}, (), ("vault",), ALL)


def test_the_newest_backup_of_its_own_is_the_last_one() -> None:
    found = last_backup(replace(LISTED, newest={101: MADE, 102: replace(MADE, vmid=102)}), OURS)
    assert (found.backup, found.unknown, found.is_none) == (MADE, None, False)


def test_none_is_said_where_everything_would_be_shown_and_a_former_guest_does_not_count() -> None:
    former = replace(MADE, at=NOON - timedelta(days=1))
    assert last_backup(LISTED, OURS).is_none
    assert last_backup(replace(LISTED, newest={101: former}), OURS).is_none
    adopted = replace(OURS, kind=Kind.ADOPTED)
    assert "may be of a former CT 101" in str(last_backup(replace(LISTED, newest={101: former}), adopted).unknown)


@pytest.mark.parametrize(
    ("granted", "known"),
    [
        ({"/storage": {"Datastore.Audit", "Datastore.AllocateSpace"}, "/vms": {"VM.Backup"}}, True),
        ({"/storage": {"Datastore.Audit", "Datastore.AllocateSpace"}, "/vms": {"VM.Audit"}}, False),
        ({"/storage": {"Datastore.Audit", "Datastore.AllocateSpace"}, "/vms": {"VM.Backup"}, "/vms/101": {"VM.Audit"}},
         False),
        ({"/storage": {"Datastore.Audit"}, "/storage/vault": {"Datastore.Allocate"}}, True),
        ({"/storage/vault": {"Datastore.Allocate"}}, False),
        ({}, False),
    ],
)  # fmt: skip
def test_without_the_right_to_see_them_nothing_is_concluded(granted: dict[str, set[str]], known: bool) -> None:
    listed = replace(LISTED, granted={path: frozenset(rights) for path, rights in granted.items()})
    assert last_backup(listed, OURS).is_none is known


def test_a_storage_that_could_not_be_listed_is_the_reason_and_hides_no_known_backup() -> None:
    gap = BackupGap(Unlisted.STORAGE_OFFLINE, "storage tape is offline", "tape")
    assert last_backup(replace(LISTED, gaps=(gap,)), OURS).unknown == "storage tape is offline"
    assert last_backup(replace(LISTED, gaps=(gap, gap)), OURS).unknown == "storage tape is offline, and 1 more reasons"
    assert last_backup(replace(LISTED, gaps=(gap,), newest={101: MADE}), OURS).backup == MADE
