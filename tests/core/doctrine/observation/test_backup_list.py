"""What a list of backups says: an empty one is "none" only with the right to see them, and a VMID is no container."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from proximity_tui.core.doctrine.observation.backup_list import (
    NO_LIMIT,
    BackupOwner,
    check_limit,
    label,
    limit_of,
    owner_of,
    warnings,
    why_storages_unlisted,
    why_unlisted,
)
from proximity_tui.core.model import Backup, Container, Kind, Refusal
from tests.support.records.make import NOON, container

NATIVE = replace(container(), kind=Kind.NATIVE, created_at=NOON, predecessor=None)
ADOPTED = replace(NATIVE, kind=Kind.ADOPTED)
REATTACHED = replace(NATIVE, predecessor=7)
BEFORE, LATER = NOON - timedelta(days=3), NOON + timedelta(days=3)
HIDDEN = "backups on local are not shown to our token (needs …)"


def backup(at: object = LATER, **fields: object) -> Backup:
    return Backup(**{"volid": f"local:backup/{at:%d}", "at": at, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("on_guest", "on_storage", "shown"),
    [
        (set(), {"Datastore.Allocate"}, True),
        ({"VM.Backup"}, {"Datastore.AllocateSpace"}, True),
        (set(), {"Datastore.AllocateSpace"}, False),
        ({"VM.Backup"}, {"Datastore.Audit"}, False),
        ({"VM.Audit"}, {"Datastore.Audit"}, False),
    ],
)
def test_backups_are_shown_to_who_manages_the_storage_or_may_back_the_guest_up(
    on_guest: set[str], on_storage: set[str], shown: bool
) -> None:
    reason = why_unlisted(107, "local", on_guest, on_storage)
    assert (reason is None) is shown
    assert shown or (
        reason is not None
        and "needs Datastore.Allocate on /storage/local, or Datastore.AllocateSpace there and VM.Backup on /vms/107"
        in reason
    )


def test_a_storage_that_is_not_shown_is_said_to_be_not_listed() -> None:
    assert why_storages_unlisted({"Datastore.Audit"}) is None
    assert why_storages_unlisted({"Datastore.AllocateSpace"}) is None
    assert "are not listed" in str(why_storages_unlisted({"Datastore.Allocate"}))


@pytest.mark.parametrize(
    ("record", "made", "owner"),
    [
        (NATIVE, backup(LATER), BackupOwner.OURS),
        (NATIVE, backup(BEFORE), BackupOwner.FORMER),
        (NATIVE, backup(BEFORE, notes="web1"), BackupOwner.FORMER),
        (ADOPTED, backup(LATER), BackupOwner.OURS),
        (ADOPTED, backup(BEFORE), BackupOwner.UNSURE),
        (ADOPTED, backup(BEFORE, notes="web1"), BackupOwner.OURS),
        (ADOPTED, backup(BEFORE, notes="another"), BackupOwner.UNSURE),
        (REATTACHED, backup(BEFORE), BackupOwner.UNSURE),
    ],
)
def test_a_backup_is_of_the_container_that_had_the_vmid_when_it_was_made(
    record: Container, made: Backup, owner: BackupOwner
) -> None:
    assert owner_of(made, record) is owner


def test_a_clock_that_is_ahead_makes_no_backup_ours() -> None:
    three_hours = timedelta(hours=3)
    assert owner_of(backup(NOON + timedelta(hours=2)), NATIVE, three_hours) is BackupOwner.FORMER


def test_the_plan_says_none_only_where_that_is_known_and_counts_no_former_guest() -> None:
    assert warnings(NATIVE, (backup(),), (HIDDEN,)) == ()
    assert warnings(NATIVE, (), ()) == ("no backup of it was found",)
    assert warnings(NATIVE, (), (HIDDEN,)) == ("it is not known whether there is a backup of it", HIDDEN)
    assert warnings(NATIVE, (backup(BEFORE),), ()) == (
        "no backup of it was found",
        f"the backups of VMID 101 are of a former CT 101: local:backup/{BEFORE:%d}",
    )
    assert "may be of a former CT 101" in warnings(ADOPTED, (backup(BEFORE),), ())[1]
    assert label(backup(BEFORE), NATIVE).endswith(" (of a former CT 101)")


def test_the_limit_of_protected_backups_is_told_with_its_reason() -> None:
    five = [backup(NOON + timedelta(days=day), protected=True) for day in range(5)]
    elsewhere = replace(five[0], volid="vault:backup/1")
    plain = backup(LATER)
    refused = check_limit(101, "local", [*five, elsewhere, plain], limit_of(None, ()))
    assert isinstance(refused, Refusal)
    assert refused.code == "backup_limit"
    assert "5 protected backups of VMID 101 are there" in refused.reason
    assert "Remove the protection of one, or name another storage" in refused.reason
    assert check_limit(101, "local", [*five[:4], elsewhere, plain], limit_of(None, ())) is None
    assert limit_of(None, {"Datastore.Allocate"}) == NO_LIMIT
    assert limit_of(2, {"Datastore.Allocate"}) == 2
    assert check_limit(101, "local", five, NO_LIMIT) is None


@pytest.mark.parametrize(("hours_ahead", "owner"), [(0, BackupOwner.OURS), (2, BackupOwner.FORMER)])
def test_a_clock_that_is_ahead_makes_a_backup_no_younger_than_it_is(hours_ahead: int, owner: BackupOwner) -> None:
    made = backup(NOON + timedelta(hours=1))
    assert owner_of(made, NATIVE, timedelta(hours=hours_ahead)) is owner
