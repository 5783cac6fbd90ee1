"""Snapshots: refused in Proxmox's words where Proxmox would refuse, and what a roll back costs is said before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.snapshot import rollback_rules as snapshot_rollback
from proximity_tui.core.doctrine.actions.snapshot import snapshot_rules
from proximity_tui.core.doctrine.actions.snapshot.rollback_rules import RollbackTarget, changes_back, plan_rollback
from proximity_tui.core.doctrine.actions.snapshot.snapshot_rules import plan_delete, plan_take
from proximity_tui.core.model import Container, GuestSnapshots, Plan, Quorum, Refusal, Snapshot, SnapshotList, Status
from proximity_tui.core.model.actions.plan_options import RollbackOptions, SnapshotOptions
from tests.support.records.make import NOON, adopted, container, fingerprint, observation

CONFIG = {"hostname": "web1", "memory": 2048, "rootfs": "local-lvm:vm-101-disk-0,size=8G", "digest": "d1"}
BASE = Snapshot("base", NOON - timedelta(days=3), "first")
LATER = Snapshot("later", NOON - timedelta(hours=1), parent="base")
TARGET = RollbackTarget((), fingerprint(), {"local-lvm": "lvmthin"})


def found(*listed: Snapshot, possible: bool | None = True, **changes: Any) -> GuestSnapshots:
    """web1 with these snapshots, its config changed."""
    seen = observation(**{"config": CONFIG, "digest": "d1", **changes})
    parent = listed[-1].name if listed else None
    return GuestSnapshots(seen, SnapshotList(NOON, listed, parent, "d1"), possible, "got timeout")


def planned(answer: Plan | Refusal) -> Plan:
    assert isinstance(answer, Plan), answer
    return answer


def refused(answer: Plan | Refusal | None) -> str:
    assert isinstance(answer, Refusal), answer
    return f"{answer.code}: {answer.reason}"


@pytest.mark.parametrize("record", [container(), adopted(vmid=101, name="web1", fingerprint=fingerprint(marker=None))])
def test_a_snapshot_may_be_taken_of_a_native_and_of_an_adopted_container(record: Container) -> None:
    seen = found(fingerprint=fingerprint(marker=record.fingerprint and record.fingerprint.marker))
    plan = planned(plan_take(record, SnapshotOptions("before-upgrade", "1.21"), seen))
    assert [step.name for step in plan.steps] == ["take_snapshot", "prove_snapshot"]
    assert "1.21" in plan.steps[0].reason
    assert isinstance(plan_delete(record, SnapshotOptions("base"), replace(seen, listed=found(BASE).listed)), Plan)


@pytest.mark.parametrize("name", ["", "a", "1st", "with blank", "a/b", "..", "x" * 41, "current", "vzdump"])
def test_a_name_that_proxmox_would_not_take_is_refused(name: str) -> None:
    assert refused(snapshot_rules.check_name(name)).startswith("invalid")


@pytest.mark.parametrize("note", ["two\nlines", "\x1b[2J", "x" * 201])
def test_a_note_is_one_printable_line(note: str) -> None:
    assert refused(plan_take(container(), SnapshotOptions("base", note), found())).startswith("invalid")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (found(BASE), "name_taken: snapshot name 'base' already used"),
        (found(possible=False), "no_snapshots: snapshot feature is not available"),
        (found(possible=None), "unknown_status: whether a snapshot can be taken could not be read: got timeout"),
        (found(lock="backup"), "locked: CT is locked (backup)"),
        (found(busy_tasks=("UPID:x",)), "busy: Proxmox tasks are running"),
        (found(template=True), "template: you can't take a snapshot if it's a template"),
        (found(fingerprint=fingerprint(marker="f" * 32)), "replaced"),
        (found(quorum=Quorum(quorate=False)), "no_quorum"),
        (found(quorum=Quorum(quorate=True, apart=frozenset({"pve1"}))), "no_quorum"),
        (found(status=Status.UNKNOWN), "unknown_status"),
        (found(digest="d2"), "changed"),
    ],
)
def test_taking_is_refused_with_the_reason(given: GuestSnapshots, told: str) -> None:
    assert refused(plan_take(container(), SnapshotOptions("base"), given)).startswith(told)


def test_the_refusal_names_the_volumes_that_are_in_the_way() -> None:
    seen = found(possible=False, config={**CONFIG, "mp0": "/srv/data,mp=/data"})
    told = refused(plan_take(container(), SnapshotOptions("base"), seen))
    assert "rootfs local-lvm:vm-101-disk-0 and mp0 /srv/data" in told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (found(LATER), "not_found: snapshot 'base' does not exist"),
        (found(BASE, lock="snapshot-delete"), "locked"),
        (found(BASE, fingerprint=fingerprint(marker=None)), "identity_unsure"),
        (found(BASE, fingerprint=fingerprint(marker="f" * 32)), "replaced"),
        (found(BASE, quorum=Quorum(quorate=None)), "no_quorum"),
        (found(BASE, digest="d2"), "changed"),
        (found(BASE, busy_tasks=("UPID:x",)), "busy"),
    ],
)
def test_deleting_and_rolling_back_are_refused_with_the_reason(given: GuestSnapshots, told: str) -> None:
    assert refused(plan_delete(container(), SnapshotOptions("base"), given)).startswith(told)
    assert refused(plan_rollback(container(), RollbackOptions("base"), given, TARGET)).startswith(told)


def test_a_doubtful_guest_may_be_rolled_back_once_its_vmid_was_typed() -> None:
    seen = found(BASE, fingerprint=fingerprint(marker=None))
    plan = planned(plan_rollback(container(), RollbackOptions("base", unsure_confirmed=True), seen, TARGET))
    assert any(warning.startswith("identity weakened") for warning in plan.warnings)


def test_a_snapshot_is_deleted_by_its_name_and_a_roll_back_confirmed_by_the_container_s() -> None:
    assert refused(snapshot_rules.check_confirmation("base", "Base")).endswith("base")
    assert snapshot_rules.check_confirmation("base", "base") is None
    assert refused(snapshot_rollback.check_confirmation(container(), "base")).endswith("web1")
    assert snapshot_rollback.check_confirmation(container(), "web1") is None


def test_what_follows_a_deleted_snapshot_stays() -> None:
    plan = planned(plan_delete(container(), SnapshotOptions("base"), found(BASE, LATER)))
    assert plan.steps[0].reason.endswith("later stays as it is")


def test_the_plan_of_a_roll_back_says_what_is_lost() -> None:
    then = {**CONFIG, "memory": 1024, "snaptime": 1, "description": "first\n"}
    target = replace(TARGET, changes=changes_back({**CONFIG, "description": "ours", "unused0": "x:y"}, then))
    plan = planned(plan_rollback(container(), RollbackOptions("base"), found(BASE, LATER), target))
    assert [step.name for step in plan.steps] == ["roll_back", "record_config"]
    assert plan.steps[0].reason.startswith("Proxmox stops it at once")
    assert plan.warnings == (
        "everything that was written since base is lost (taken 2026-11-20 12:00:00 UTC, 3d ago)",
        "settings that go back: memory 2048 → 1024",
        "later snapshots stay: later",
    )
    assert plan.carries(RollbackOptions).fingerprint == fingerprint()


def test_a_stopped_container_is_not_said_to_be_stopped_and_is_started_only_on_request() -> None:
    seen = found(BASE, status=Status.STOPPED)
    plan = planned(plan_rollback(container(), RollbackOptions("base", start=True), seen, TARGET))
    assert plan.steps[0].reason.startswith("roll CT 101")
    assert plan.steps[-1].name == "start"


@pytest.mark.parametrize(
    ("listed", "types", "told"),
    [
        ((BASE, LATER), {"local-lvm": "zfspool"}, "no_snapshots: base is not the most recent snapshot on local-lvm"),
        ((replace(BASE, state="prepare"),), {}, "no_snapshots: unable to rollback to incomplete snapshot"),
    ],
)
def test_a_roll_back_that_proxmox_cannot_do_is_refused(
    listed: tuple[Snapshot, ...], types: dict[str, str], told: str
) -> None:
    target = replace(TARGET, storage_types=types)
    assert refused(plan_rollback(container(), RollbackOptions("base"), found(*listed), target)).startswith(told)


def test_a_type_of_storage_that_is_not_known_is_said_where_it_matters() -> None:
    unknown = replace(TARGET, storage_types={}, changes=None)
    plan = planned(plan_rollback(container(), RollbackOptions("base"), found(BASE, LATER), unknown))
    assert "what changes in its config could not be read" in plan.warnings
    assert [one for one in plan.warnings if "the type of local-lvm could not be read" in one]
    alone = planned(plan_rollback(container(), RollbackOptions("base"), found(BASE), unknown))
    assert not [one for one in alone.warnings if "local-lvm" in one]
