"""A lock that outlived its task: which locks are watched, and which task may still hold one."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.reconciliation.stale_lock import (
    command,
    is_of_other_nodes,
    may_hold,
    warning,
    watched_lock,
)
from proximity_tui.core.model import Guest, Lock, Presence, Task
from tests.support.records.make import NOON, container, guest


def task(type_: str, id_: str, node: str = "pve1") -> Task:
    """A running task, of CT 101 or of another guest."""
    return Task(f"UPID:{node}:1:1:1:{type_}:{id_}:root@pam:", node, type_, id_, "root@pam", NOON, "running")


@pytest.mark.parametrize(
    ("lock", "one", "may"),
    [
        (Lock.BACKUP, task("vzdump", "101"), True),
        (Lock.BACKUP, task("vzdump", "102"), False),
        (Lock.BACKUP, task("vzdump", ""), True),
        (Lock.BACKUP, task("vzdump", "", "pve2"), False),
        (Lock.BACKUP, task("srvreload", ""), False),
        ("disk", task("move_volume", "101-mp0>101-mp1"), True),
        ("disk", task("move_volume", "1010-mp0>1010-mp1"), False),
        (Lock.CREATE, task("vzclone", "102"), True),
        (Lock.BACKUP, task("vzclone", "102"), False),
        (Lock.CREATE, task("vzcreate", "102"), False),
    ],
    ids=lambda value: value.type + "-" + (value.id or "many") if isinstance(value, Task) else str(value),
)
def test_a_task_holds_the_lock_of_its_own_guest_of_its_node_or_of_the_copy_it_makes(
    lock: str, one: Task, may: bool
) -> None:
    assert may_hold(one, guest(lock=lock)) is may


@pytest.mark.parametrize(
    ("seen", "presence", "watched"),
    [
        (guest(lock=Lock.BACKUP), Presence.PRESENT, Lock.BACKUP),
        (guest(lock=Lock.BACKUP), Presence.REPLACED, None),
        (guest(lock=Lock.BACKUP, type="qemu"), Presence.PRESENT, None),
        (guest(lock=Lock.DESTROYED), Presence.PRESENT, None),
        (guest(), Presence.PRESENT, None),
        (None, Presence.UNKNOWN, None),
    ],
)
def test_only_a_lock_of_our_own_container_is_watched(
    seen: Guest | None, presence: Presence, watched: Lock | None
) -> None:
    assert watched_lock(container(), seen, presence) == watched


@pytest.mark.parametrize(
    ("lock", "typed", "damage"),
    [
        (Lock.MOUNTED, "pct unmount 101", "its volumes are mounted on the node: type `pct unmount 101` instead"),
        (Lock.ROLLBACK, "pct unlock 101", "its volumes may be from two different times"),
        (
            Lock.SNAPSHOT_DELETE,
            "pct unlock 101",
            "the snapshot may be listed and half deleted; remove it with: pct delsnapshot 101 NAME --force",
        ),
        ("of a later version", "pct unlock 101", "the task that set it was interrupted"),
    ],
)
def test_it_is_told_what_removes_a_lock_and_what_may_be_damaged(lock: str, typed: str, damage: str) -> None:
    assert command(101, lock) == typed
    assert warning(101, lock) == damage


def test_a_move_and_a_copy_may_run_on_another_node() -> None:
    assert {lock for lock in Lock if is_of_other_nodes(lock)} == {Lock.MIGRATE, Lock.CREATE}
