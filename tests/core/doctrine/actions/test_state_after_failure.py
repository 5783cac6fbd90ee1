"""In which state a failed action left its container, and what is said about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.actions.guest_plan import plan_for_guest
from proximity_tui.core.doctrine.actions.state_after_failure import is_gone, is_untouched, state_after_failure
from proximity_tui.core.model import (
    Action,
    GuestLookup,
    GuestNotSeen,
    Operation,
    OperationStatus,
    Presence,
    Status,
    StepName,
    StepOutcome,
    StepRecord,
)
from proximity_tui.core.model.actions.plan import RecordBound
from tests.support.records.make import NOON, container, fingerprint, observation, operation

RECORD, BEFORE = container(), observation()
STRANGER = fingerprint(hwaddrs=frozenset({"BC:24:11:99:99:99"}), rootfs="local-lvm:other", marker="f" * 32)
START = f"; `proximity-tui start {RECORD.name}` starts it"


def failed(action: Action = Action.MIGRATE) -> Operation:
    plan = plan_for_guest(RECORD, BEFORE, action, summary="", steps=())
    return operation(plan, container=RECORD.id, status=OperationStatus.FAILED, finished_at=NOON)


@pytest.mark.parametrize(
    ("action", "seen", "told"),
    [
        (Action.MIGRATE, BEFORE, "CT 101 is as it was, running on pve1: remove the cause, then try again"),
        (
            Action.MIGRATE,
            replace(BEFORE, status=Status.STOPPED),
            f"CT 101 ran before and is stopped on pve1 now{START}",
        ),
        (
            Action.HARD_DELETE,
            replace(BEFORE, status=Status.STOPPED, lock="destroyed"),
            "CT 101 ran before and is stopped on pve1, locked (destroyed) now",
        ),
        (Action.STOP, replace(BEFORE, status=Status.STOPPED), "CT 101 is stopped on pve1 now"),
        (Action.MIGRATE, replace(BEFORE, node="pve2"), "CT 101 is running on pve2 now"),
        (Action.UPDATE, replace(BEFORE, digest="another"), "CT 101 is running on pve1 now"),
        (Action.UPDATE, replace(BEFORE, fingerprint=STRANGER), None),
        (
            Action.UPDATE,
            GuestNotSeen("lab", 101, NOON, Presence.UNKNOWN, "no quorum"),
            "the state of CT 101 is not known: no quorum",
        ),
        (
            Action.UPDATE,
            GuestNotSeen("lab", 101, NOON, Presence.ABSENT, "its VMID is free"),
            "CT 101 is not there any more: its VMID is free",
        ),
    ],
)
def test_a_failure_says_in_which_state_the_container_is_now(
    action: Action, seen: GuestLookup, told: str | None
) -> None:
    assert state_after_failure(failed(action), RECORD, seen) == told


def test_what_had_no_container_before_has_a_state_afterwards_only_once_it_was_to_start() -> None:
    creation = replace(failed(Action.CREATE), plan=replace(failed().plan, bound_to=RecordBound(1)))
    stopped = replace(BEFORE, status=Status.STOPPED)
    assert state_after_failure(creation, RECORD, stopped) is None
    started = replace(creation, steps=(StepRecord(1, StepName.START, "", StepOutcome.FAILED),))
    assert state_after_failure(started, RECORD, stopped) == f"CT 101 is stopped on pve1 now{START}"
    assert state_after_failure(started, RECORD, replace(stopped, fingerprint=STRANGER)) is None


@pytest.mark.parametrize(
    ("seen", "untouched"),
    [
        (replace(BEFORE, lock="backup", digest="another", node="pve2"), True),
        (replace(BEFORE, status=Status.STOPPED), False),
        (replace(BEFORE, fingerprint=STRANGER), False),
        (GuestNotSeen("lab", 101, NOON, Presence.ABSENT, "its VMID is free"), False),
    ],
)
def test_only_what_runs_as_before_was_left_alone(seen: GuestLookup, untouched: bool) -> None:
    assert is_untouched(failed(), RECORD, seen) is untouched


@pytest.mark.parametrize(
    ("seen", "gone"),
    [
        (None, False),
        (BEFORE, False),
        (replace(BEFORE, fingerprint=STRANGER), True),
        (GuestNotSeen("lab", 101, NOON, Presence.ABSENT, "its VMID is free"), True),
        (GuestNotSeen("lab", 101, NOON, Presence.REPLACED, "it is a VM"), True),
        (GuestNotSeen("lab", 101, NOON, Presence.UNKNOWN, "no quorum"), False),
        (GuestNotSeen("lab", 101, NOON, Presence.HIDDEN, "its VMID is taken"), False),
    ],
)
def test_law_2_only_what_is_proved_to_be_gone_is_called_gone(seen: GuestLookup | None, gone: bool) -> None:
    assert is_gone(failed(), RECORD, seen) is gone
    assert not is_gone(failed(), None, seen)
    creation = replace(failed(Action.CREATE), plan=replace(failed().plan, bound_to=RecordBound(1)))
    assert not is_gone(creation, RECORD, seen), "there was none before"


def test_a_creation_left_nothing_where_nothing_is() -> None:
    creation = replace(failed(Action.CREATE), plan=replace(failed().plan, bound_to=RecordBound(1)))
    assert is_untouched(creation, RECORD, GuestNotSeen("lab", 101, NOON, Presence.ABSENT, "its VMID is free"))
    assert not is_untouched(creation, RECORD, BEFORE)
