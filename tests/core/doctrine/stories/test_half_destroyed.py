"""What a destroy leaves that died half way is neither gone nor well: it is waited for, and then told of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from proximity_tui.core.doctrine.observation.identity import half_destroyed
from proximity_tui.core.doctrine.observation.match_row import follow
from proximity_tui.core.doctrine.reconciliation.ladder import judge_by_ladder
from proximity_tui.core.doctrine.reconciliation.run_at_once import wants_reconciler
from proximity_tui.core.doctrine.reconciliation.verdict import (
    ClusterSnapshot,
    ExistenceAnswer,
    Limits,
    Verdict,
    VerdictReason,
)
from proximity_tui.core.model import Container, Guest, Presence, Status
from tests.support.records.make import NOON, after, container, fingerprint, guest, inventory

LIMITS = Limits()
STUB = guest(name="CT101", status=Status.STOPPED, lock="destroyed")
UNLOCKED = guest(name="CT101", status=Status.STOPPED)
BYSTANDER = guest(999, name="other")


def judged(record: Container, row: Guest | None, at: float = 0, **changes: Any) -> Verdict:
    rows = [BYSTANDER] if row is None else [row, BYSTANDER]
    survey = ClusterSnapshot(
        inventory(*rows, taken_at=after(at)), after(at), {101: ExistenceAnswer(True)}, {}, frozenset()
    )
    return judge_by_ladder(record, replace(survey, **changes), LIMITS).verdict


def since(moment: datetime | None = NOON) -> Container:
    return container(half_destroyed_since=moment, presence=Presence.UNKNOWN, presence_reason="half destroyed?")


@pytest.mark.parametrize(
    ("lock", "rootfs", "remains"),
    [
        ("destroyed", "local-lvm:vm-101-disk-0", "it is locked (destroyed)"),
        ("destroyed", None, "it is locked (destroyed)"),
        (None, None, "its config has no root volume any more"),
        ("create", None, None),
        ("rollback", None, None),
        ("backup", "local-lvm:vm-101-disk-0", None),
        (None, "local-lvm:vm-101-disk-0", None),
    ],
)
def test_a_lock_or_a_lost_root_volume_shows_it(lock: str | None, rootfs: str | None, remains: str | None) -> None:
    assert half_destroyed(fingerprint(), lock, fingerprint(rootfs=rootfs)) == remains


def test_who_never_had_a_root_volume_on_record_has_lost_none() -> None:
    assert half_destroyed(fingerprint(rootfs=None), None, fingerprint(rootfs=None)) is None
    assert half_destroyed(None, None, fingerprint(rootfs=None)) is None
    assert half_destroyed(fingerprint(), None) is None, "nobody read its config"


def test_the_first_sight_concludes_nothing_and_asks_for_a_second() -> None:
    verdict = judged(container(), STUB, at=5)
    assert (verdict.presence, verdict.decided_by, verdict.orphan) == (Presence.UNKNOWN, VerdictReason.SETTLING, None)
    assert (verdict.half_destroyed_since, verdict.confirm_at) == (after(5), after(35))
    assert verdict.waits
    assert not verdict.half_destroyed


def test_it_is_told_of_once_it_lasted_and_still_nothing_is_concluded() -> None:
    early, late = (judged(since(), STUB, at=seconds) for seconds in (29, 30))
    assert (early.half_destroyed, early.waits) == (False, True)
    assert (late.half_destroyed, late.waits) == (True, False)
    assert (late.presence, late.remains) == (Presence.UNKNOWN, "it is locked (destroyed)")
    assert late.half_destroyed_since == NOON


def test_a_sight_from_the_future_is_no_first_sight() -> None:
    verdict = judged(since(after(3600)), STUB, at=60)
    assert (verdict.half_destroyed_since, verdict.waits) == (after(60), True)


def test_a_config_without_its_root_volume_counts_like_the_lock() -> None:
    read: dict[str, Any] = {"remains": {101: "its config has no root volume any more"}}
    assert judged(container(), UNLOCKED, **read).waits
    told = judged(since(), UNLOCKED, at=60, **read)
    assert told.half_destroyed
    assert told.reason == "half destroyed? its config has no root volume any more"


def test_what_could_not_be_read_again_is_not_whole_again() -> None:
    verdict = judged(since(), UNLOCKED, at=60, unread=frozenset({101}))
    assert (verdict.presence, verdict.decided_by, verdict.half_destroyed) == (
        Presence.UNKNOWN,
        VerdictReason.SETTLING,
        False,
    )


def test_a_destroy_of_ours_at_work_is_just_waited_for() -> None:
    verdict = judged(since(), STUB, at=60, busy=frozenset({1}))
    assert (verdict.decided_by, verdict.remains) == (VerdictReason.SETTLING, None)


def test_another_guest_that_is_being_destroyed_is_another_guest() -> None:
    verdict = judged(since(), STUB, at=60, replaced={101: "another guest"})
    assert (verdict.presence, verdict.half_destroyed) == (Presence.REPLACED, False)


def test_what_is_not_listed_any_more_is_judged_by_the_ladder_like_everything() -> None:
    assert judged(since(), None, at=60).decided_by is VerdictReason.SECOND_LIST


def test_a_list_alone_makes_a_stub_unknown_and_never_stopped() -> None:
    seen = follow(container(), inventory(STUB, taken_at=after(60)))
    assert (seen.presence, seen.status) == (Presence.UNKNOWN, Status.UNKNOWN)
    assert seen.reason == judged(container(), STUB).reason, "both say the same, so that the row does not flicker"


def test_a_list_alone_does_not_make_it_whole_again() -> None:
    seen = follow(since(), inventory(guest(), taken_at=after(60)))
    assert (seen.presence, seen.reason) == (Presence.UNKNOWN, "half destroyed?")
    assert seen.suspicious


@pytest.mark.parametrize(
    ("record", "row", "wanted"),
    [
        (container(), STUB, True),
        (since(), STUB, False),
        (container(operation=7), STUB, False),
        (since(), guest(), True),
        (container(), guest(), False),
    ],
)
def test_the_reconciler_is_wanted_when_it_begins_and_when_it_may_be_over(
    record: Container, row: Guest, wanted: bool
) -> None:
    assert wants_reconciler(record, inventory(row)) is wanted


def test_what_a_list_alone_says_of_it_does_not_end_the_wait_for_its_config() -> None:
    whole = guest()
    waited = judged(since(), whole, unread=frozenset({101}))
    assert (waited.presence, waited.reason) == (Presence.UNKNOWN, "half destroyed?")
    assert judged(since(), whole).presence is Presence.PRESENT
    assert judged(since(None), whole, unread=frozenset({101})).presence is Presence.PRESENT
