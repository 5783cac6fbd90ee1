"""Which backup is meant, what of it may be changed, and when a plan for it is void."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.backup import backup_change_rules as rules
from proximity_tui.core.doctrine.actions.backup.backup_change_rules import BackupFacts
from proximity_tui.core.doctrine.guards.permit import PermitError
from proximity_tui.core.doctrine.guards.storage_permits import BackupPermit, permit_backup_change
from proximity_tui.core.doctrine.pct_commands.plan_lines import backup_change_lines
from proximity_tui.core.model import Backup, BackupGap, BackupList, Kind, Refusal, RefusalCode, Unlisted
from proximity_tui.core.model.actions.backup_change import BackupChangePlan, BackupChangeRequest, BackupMarks
from tests.support.records.make import NOON, after, container

VOLUME = "local:backup/vzdump-lxc-101-2026_11_28-02_00_00.tar.zst"
OLD = Backup(VOLUME, after(-86_400), 4711, vmid=101, nodes=("pve1",))
WISH = BackupChangeRequest(7, VOLUME, protected=True, note="keep")
FACTS = BackupFacts(NOON, "pve1", OLD, BackupMarks(False, "web1"), (OLD,), 5)


def planned(wish: BackupChangeRequest = WISH, facts: BackupFacts = FACTS) -> BackupChangePlan:
    plan = rules.plan_change(container(), wish, facts)
    assert isinstance(plan, BackupChangePlan), plan
    return plan


def test_a_plan_says_what_is_sent_and_what_it_is_bound_to() -> None:
    plan = planned()
    assert (plan.protected, plan.note, plan.wanted) == (True, "keep", BackupMarks(True, "keep"))
    assert plan.summary.startswith(f"protect the backup and change its note: {VOLUME}")
    assert 'note: "web1" becomes "keep"' in plan.steps[0].reason
    assert (
        backup_change_lines(plan)[1]
        == f"pvesh set /nodes/pve1/storage/local/content/{VOLUME} --notes keep --protected 1"
    )


def test_what_is_so_already_is_not_sent() -> None:
    assert planned(replace(WISH, protected=False)).protected is None
    same = rules.plan_change(container(), replace(WISH, protected=False, note=" web1\r\n"), FACTS)
    assert isinstance(same, Refusal)
    assert same.code is RefusalCode.UNCHANGED


@pytest.mark.parametrize(("most", "full"), [(5, False), (1, True), (-1, False)])
def test_one_protected_too_many_is_refused_before(most: int, full: bool) -> None:
    other = replace(OLD, volid="local:backup/other", protected=True)
    plan = rules.plan_change(container(), WISH, replace(FACTS, beside=(OLD, other), most_protected=most))
    assert isinstance(plan, Refusal) is full
    if isinstance(plan, Refusal):
        assert (plan.code, "Take the protection from another one first" in plan.reason) == ("backup_limit", True)


def test_the_same_name_on_two_nodes_is_not_guessed_and_what_is_not_listed_tells_what_is() -> None:
    twice = BackupList((OLD, replace(OLD, nodes=("pve2",))))
    doubt = rules.choose(container(), VOLUME, twice)
    assert isinstance(doubt, Refusal)
    assert "pve1 and pve2" in doubt.reason
    gap = BackupGap(Unlisted.STORAGE_OFFLINE, "storage nas is offline")
    missing = rules.choose(container(), "nas:backup/x", BackupList((OLD,), (gap,)))
    assert isinstance(missing, Refusal)
    assert missing.code is RefusalCode.NOT_FOUND
    assert VOLUME in missing.reason
    assert "storage nas is offline" in missing.reason
    assert rules.choose(container(), VOLUME, BackupList((OLD,))) == OLD


def test_a_backup_of_a_former_guest_is_named_as_one() -> None:
    native = container(kind=Kind.NATIVE)
    assert list(rules.warnings(native, planned())) == ["it is of a former CT 101, not of web1"]


def test_a_note_that_is_the_only_evidence_of_whose_it_is_is_not_changed_without_a_word() -> None:
    adopted, noted = container(kind=Kind.ADOPTED), replace(FACTS, backup=replace(OLD, notes="web1"))
    [warned] = rules.warnings(adopted, planned(facts=noted))
    assert "only its note tells that it is of web1" in warned
    assert list(rules.warnings(adopted, planned(replace(WISH, note=None), noted))) == []


@pytest.mark.parametrize(
    ("now", "marks", "void"),
    [
        (OLD, FACTS.marks, False),
        (OLD, None, False),
        (None, None, True),
        (replace(OLD, size=1), FACTS.marks, True),
        (replace(OLD, at=NOON), FACTS.marks, True),
        (OLD, BackupMarks(True, "web1"), True),
        (OLD, BackupMarks(False, "theirs"), True),
    ],
)
def test_another_backup_or_another_mark_voids_a_plan(now: Backup | None, marks: BackupMarks | None, void: bool) -> None:
    assert (rules.check_same(planned(), now, marks) is not None) is void


def test_what_is_missing_afterwards_is_named() -> None:
    plan = planned()
    assert rules.what_is_missing(plan, BackupMarks(False, "web1")) == ("protection", "note")
    assert rules.what_is_missing(plan, BackupMarks(True, "keep")) == ()


def test_the_permit_is_for_this_change_alone_and_for_a_moment() -> None:
    assert isinstance(permit_backup_change(planned(), after(11)), Refusal)
    permit = permit_backup_change(planned(), NOON)
    assert isinstance(permit, BackupPermit)
    permit.spend("prod", NOON)
    with pytest.raises(PermitError, match="already used"):
        permit.spend("prod", NOON)
    with pytest.raises(PermitError):
        BackupPermit(object(), planned(), NOON)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"protected": None, "note": None}, "nothing of the backup is to be changed"),
        ({"volume": "../etc"}, "is not a volume id"),
        ({"note": "bell\x07"}, "the note: "),
    ],
)
def test_a_request_that_is_wrong_by_itself_is_refused(wish: dict[str, Any], says: str) -> None:
    refused = rules.check_request(replace(WISH, **wish))
    assert refused is not None
    assert says in refused.reason


@pytest.mark.parametrize("wish", [{"protected": None}, {"note": None}, {"note": ""}])
def test_one_change_of_a_backup_is_enough(wish: dict[str, Any]) -> None:
    assert rules.check_request(replace(WISH, **wish)) is None
