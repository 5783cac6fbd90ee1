"""Backing up first: the order of things, where to, with what rights, what no backup holds, and when one is believed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.backup import backup_rules
from proximity_tui.core.doctrine.actions.deletion import Choice, HardOptions, plan_delete
from proximity_tui.core.doctrine.observation.backup_list import ON_GUEST, ON_STORAGE
from proximity_tui.core.model import (
    Backup,
    BackupMode,
    Gap,
    GuestDetail,
    GuestNotSeen,
    Plan,
    Presence,
    Refusal,
    Status,
    Task,
    Unread,
)
from proximity_tui.core.model.actions.plan_options import BackupOptions, DestroyOptions
from tests.support.records.make import NOON, after, container, observation

FIRST = HardOptions(backup_first=True)


def seen(*storages: str, backups: tuple[Backup, ...] = (), **changes: Any) -> GuestDetail:
    """web1 on a node with these storages for backups."""
    return observation(**{"backup_storages": storages, "backups": backups, **changes})


def made(storage: str, seconds: float = 0.0, name: str = "a", size: int | None = 1) -> Backup:
    return Backup(f"{storage}:backup/vzdump-lxc-101-{name}.tar.zst", after(seconds), size)


def plan(look: GuestDetail, **options: Any) -> Plan:
    answer = plan_delete(container(), Choice.HARD, look, HardOptions(backup_first=True, **options))
    assert isinstance(answer, Plan), answer
    return answer


def refusal(look: GuestDetail, **options: Any) -> Refusal:
    answer = plan_delete(container(), Choice.HARD, look, HardOptions(backup_first=True, **options))
    assert isinstance(answer, Refusal), answer
    return answer


def started(type: str, seconds: float) -> Task:
    return Task("UPID:x", "pve1", type, "101", "anna@pve", after(seconds), "stopped", "OK")


BACKING_UP = Task("UPID:backup", "pve1", "vzdump", "101", "anna@pve", NOON, "stopped", "OK")


def test_it_is_backed_up_after_the_stop_and_proved_before_the_destroy() -> None:
    hard = plan(seen("vault"))
    assert [step.name for step in hard.steps] == [
        "shutdown", "stop", "back_up", "prove_backup", "destroy", "prove_absent", "release",
    ]  # fmt: skip
    assert all(step.reason for step in hard.steps)
    assert "vault" in hard.summary
    assert hard.carries(DestroyOptions).backup_storage == "vault"
    assert HardOptions.of(hard) == HardOptions(backup_first=True, backup_storage="vault")


def test_without_the_choice_nothing_of_it_is_in_the_plan() -> None:
    hard = plan_delete(container(), Choice.HARD, seen("vault"))
    assert isinstance(hard, Plan)
    assert not {"back_up", "prove_backup"} & {step.name for step in hard.steps}
    assert HardOptions.of(hard) == HardOptions()


@pytest.mark.parametrize(
    ("look", "usual"),
    [
        (seen("local"), "local"),
        (seen("local", "vault"), None),
        (seen(), None),
        (seen("local", "vault", backups=(made("local"), made("vault", 60))), "vault"),
        (seen("local", "vault", backups=(made("local", 60), made("vault"))), "local"),
        (seen("local", "vault", backups=(made("gone", 60),)), None),
        (seen("local", backups=(made("gone", 60),)), "local"),
    ],
)
def test_it_goes_where_the_last_one_is_else_to_the_only_place_there_is(look: GuestDetail, usual: str | None) -> None:
    assert backup_rules.usual_storage(look) == usual
    answer = backup_rules.choose_storage(look, None)
    assert answer == usual if usual else isinstance(answer, Refusal)


def test_what_a_person_names_comes_first_if_it_is_possible() -> None:
    look = seen("local", "vault", backups=(made("vault"),))
    assert backup_rules.possible_storages(look) == ("local", "vault")
    assert plan(look, backup_storage="local").carries(DestroyOptions).backup_storage == "local"


def test_no_place_several_and_a_wrong_one_are_refused_with_what_is_possible() -> None:
    for look, wish, words in (
        (seen(), None, "takes backups"),
        (seen("local", "vault"), None, "choose one of local, vault"),
        (seen("local", "vault"), "attic", "attic takes no backups on pve1: choose one of local, vault"),
        (seen("local"), "attic", "choose local"),
        (observation(), None, "it was not inspected"),
        (observation(gaps=(Gap(Unread.BACKUPS, "403"),)), None, "backups: 403"),
    ):
        refused = refusal(look, backup_storage=wish)
        assert refused.code == "backup_storage"
        assert words in refused.reason


def test_what_forbids_the_destroy_forbids_it_with_a_backup_too() -> None:
    assert refusal(seen("vault", protection=True)).code == "protected"
    assert refusal(seen("vault", lock="backup")).code == "locked"


def test_missing_rights_are_named_before_it_is_shut_down() -> None:
    full = {ON_GUEST}, {ON_STORAGE}
    assert backup_rules.check_rights(101, "vault", *full) is None
    none = backup_rules.check_rights(101, "vault", set(), set())
    assert none is not None
    assert (none.code, none.reason) == (
        "denied",
        "CT 101 cannot be backed up: our token lacks VM.Backup on /vms/101 and"
        " Datastore.AllocateSpace on /storage/vault; proximity-tui doctor prints the lines that grant it",
    )
    one = backup_rules.check_rights(101, "vault", full[0], set())
    assert one is not None
    assert "VM.Backup" not in one.reason


def test_what_no_backup_holds_is_said() -> None:
    config = {
        "rootfs": "local-lvm:vm-101-disk-0,size=8G",
        "mp0": "local-lvm:vm-101-disk-1,mp=/data,backup=1,size=1G",
        "mp1": "local-lvm:vm-101-disk-2,mp=/srv\x1b,size=1G",
        "mp2": "/mnt/bind,mp=/bind",
        "unused0": "local-lvm:vm-101-disk-3",
        "parent": "before",
    }
    left_out = plan(seen("vault", config=config)).warnings
    assert [warning.partition(" is")[0].partition(" are")[0] for warning in left_out] == [
        "mp1 (/srv␛)",
        "unused0 (local-lvm:vm-101-disk-3)",
        "its snapshots",
    ]
    assert plan(seen("vault")).warnings == ()


def test_the_warning_of_no_backup_is_for_who_makes_none() -> None:
    for look, words in (
        (seen("vault"), ("no backup of it was found",)),
        (
            observation(backups_unlisted=("the backups could not be read",)),
            ("it is not known whether there is a backup of it", "the backups could not be read"),
        ),
    ):
        hard = plan_delete(container(), Choice.HARD, look)
        assert isinstance(hard, Plan)
        assert hard.warnings == words


def test_what_is_gone_already_has_nothing_left_to_back_up() -> None:
    missing = GuestNotSeen("prod", 101, NOON, Presence.ABSENT, "a complete list does not have it")
    for hard in (
        plan_delete(container(), Choice.HARD, missing, FIRST),
        plan_delete(container(vmid=None), Choice.HARD, None, FIRST),
    ):
        assert isinstance(hard, Plan)
        assert hard.warnings == ("there is nothing left to back up",)
        assert "back_up" not in {step.name for step in hard.steps}


def test_a_stopped_container_is_planned_alike() -> None:
    assert "back_up" in {step.name for step in plan(seen("vault", status=Status.STOPPED)).steps}


def test_the_new_backup_is_the_one_that_was_not_there_before_by_name_and_not_by_clock() -> None:
    old, new, newer, empty = made("v", 9), made("v", 1, "b"), made("v", 2, "c"), made("v", 3, "d", size=0)
    order = BackupOptions("v")
    assert backup_rules.find_new(order, {old.volid}, [old]) is None
    assert backup_rules.find_new(order, {old.volid}, [old, empty]) is None
    assert backup_rules.find_new(order, {old.volid}, [old, new]) == new
    assert backup_rules.find_new(order, {old.volid}, [old, newer, new, empty]) == newer
    assert backup_rules.find_new(order, set(), [made("v", size=None)]) is not None


def test_of_two_new_ones_the_backup_is_the_one_that_the_log_of_our_task_names() -> None:
    ours, theirs = made("nas"), made("nas", 9.0, "b")
    log = ("INFO: backup mode: stop", "INFO: creating vzdump archive '/mnt/nas/dump/vzdump-lxc-101-a.tar.zst'")
    order = backup_rules.before_destroy("nas")
    assert backup_rules.find_new(order, set(), [theirs, ours], log) == ours
    assert backup_rules.find_new(order, set(), [theirs], log) is None
    pbs = Backup("pbs:backup/ct/101/2026-11-29T08:43:50Z", NOON, 1)
    assert backup_rules.find_new(
        order, set(), [pbs], ["INFO: creating Proxmox Backup Server archive 'ct/101/2026-11-29T08:43:50Z'"]
    )


def test_where_the_log_names_none_the_backup_is_one_that_is_as_it_was_ordered() -> None:
    """A job that ran at the same time made the newest, and its retention removes it."""
    ours, theirs = replace(made("nas"), protected=True), made("nas", 9.0, "b")
    order = backup_rules.before_destroy("nas")
    for log in ((), ("INFO: starting new backup job: vzdump 101",)):
        assert backup_rules.find_new(order, set(), [theirs, ours], log) == ours
        assert backup_rules.find_new(order, set(), [theirs], log) is None


@pytest.mark.parametrize(
    ("task", "outdated"),
    [
        (started("vzstart", 1), True),
        (started("hastart", 1), True),
        (started("vzstart", 0), False),
        (started("vzstart", -60), False),
        (started("vzstop", 60), False),
    ],
)
def test_a_backup_is_outdated_once_it_was_started_again(task: Task, outdated: bool) -> None:
    why = backup_rules.why_outdated([task, BACKING_UP], NOON, BACKING_UP.upid)
    assert (why is not None) is outdated
    assert not why or "anna@pve started it" in why


def test_a_backup_of_what_was_on_another_node_since_is_outdated() -> None:
    for moved in (started("vzmigrate", 1), started("hamigrate", 1)):
        why = backup_rules.why_outdated([moved, BACKING_UP], NOON, BACKING_UP.upid)
        assert why == "anna@pve moved it after the backup, and whether it ran elsewhere is not known"


@pytest.mark.parametrize(("type", "tried"), [("vzmigrate", "move"), ("vzstart", "start")])
def test_law_7_a_start_or_a_move_that_failed_after_the_backup_is_not_told_as_done(type: str, tried: str) -> None:
    """It may have run for a moment, or have been moved all the same, so the backup is not believed."""
    failed = replace(started(type, 2), exitstatus="migration aborted")
    why = backup_rules.why_outdated([failed, BACKING_UP], NOON, BACKING_UP.upid)
    assert why == f"anna@pve tried to {tried} it after the backup, and whether it ran is not known"
    known = backup_rules.why_outdated([failed, started("vzstart", 1), BACKING_UP], NOON, BACKING_UP.upid)
    assert known == "anna@pve started it after the backup, so the backup lacks its later changes"


def test_law_2_a_list_without_the_task_of_the_backup_does_not_tell_who_started_it_since() -> None:
    for listed, made_by in (([], BACKING_UP.upid), ([started("vzstart", -60)], BACKING_UP.upid), ([BACKING_UP], None)):
        why = backup_rules.why_outdated(listed, NOON, made_by)
        assert why is not None
        assert "whether somebody started it since its backup is not known" in why
    assert backup_rules.why_outdated([BACKING_UP], NOON, BACKING_UP.upid) is None


def test_what_is_whole_protected_and_noted_as_it_was_ordered_may_be_the_one_that_was_ordered() -> None:
    order = BackupOptions("v", note="{{guestname}} of {{node}}\\nsecond line", protected=True)
    for notes, protected, size, fits in (
        ("web1 of pve1", True, 1, True),
        ("web1 of pve1", False, 1, False),
        ("web1 of pve1", True, 0, False),
        ("nightly", True, 1, False),
        (None, True, 1, False),
    ):
        found = Backup("v:backup/a", NOON, size, protected=protected, notes=notes)
        assert backup_rules.is_as_ordered(order, found) is fits, found
    assert backup_rules.is_as_ordered(backup_rules.before_destroy("v"), Backup("v:backup/a", NOON, 1, protected=True))


def test_before_a_destroy_it_is_backed_up_while_it_is_stopped_and_protected() -> None:
    """An unprotected one could be pruned for the next guest at its VMID."""
    assert backup_rules.ordered(plan(seen("vault"))) == BackupOptions("vault", mode=BackupMode.STOP, protected=True)
    without = plan_delete(container(), Choice.HARD, seen("vault"))
    assert isinstance(without, Plan)
    assert backup_rules.ordered(without) is None


def test_the_options_of_a_backup_plan_say_how_it_is_made() -> None:
    options = BackupOptions("vault", mode=BackupMode.SNAPSHOT)
    assert backup_rules.ordered(replace(plan(seen("vault")), options=options)) is options
