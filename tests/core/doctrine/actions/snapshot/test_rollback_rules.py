"""What keeps a container from being rolled back, and how its plan tells what goes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.snapshot.rollback_rules import (
    RollbackTarget,
    check_confirmation,
    check_rollback,
    plan_rollback,
    recognised,
)
from proximity_tui.core.doctrine.observation.config_fields import FieldChange
from proximity_tui.core.model import GuestSnapshots, Match, Plan, Quorum, Snapshot, SnapshotList, Status
from proximity_tui.core.model.actions.plan_options import RollbackOptions
from tests.support.records.make import NOON, container, fingerprint, observation

BASE = Snapshot("base", NOON - timedelta(days=3), "first")
TARGET = RollbackTarget((), fingerprint(), {"local-lvm": "lvmthin"})
OTHER_CARD = frozenset({"BC:24:11:00:00:99"})


def planned(request: RollbackOptions, target: RollbackTarget = TARGET, **seen: Any) -> Plan:
    """The plan for rolling web1 back to base."""
    found = GuestSnapshots(observation(**seen), SnapshotList(NOON, (BASE,), "base", "d1"), True, "")
    plan = plan_rollback(container(), request, found, target)
    assert isinstance(plan, Plan), plan
    return plan


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        ({}, None),
        ({"status": Status.STOPPED}, None),
        ({"fingerprint": fingerprint(hwaddrs=OTHER_CARD, marker=None)}, "replaced"),
        ({"fingerprint": fingerprint(hwaddrs=OTHER_CARD)}, "identity_unsure"),
        ({"fingerprint": fingerprint(hostname="web9")}, "renamed"),
        ({"quorum": Quorum(False)}, "no_quorum"),
        ({"status": Status.UNKNOWN}, "unknown_status"),
        ({"template": True}, "template"),
        ({"lock": "backup"}, "locked"),
        ({"busy_tasks": ("vzdump",)}, "busy"),
    ],
)
def test_it_is_rolled_back_only_where_nothing_speaks_against_it(seen: dict[str, Any], code: str | None) -> None:
    refused = check_rollback(container(), observation(**seen), unsure_confirmed=False)
    assert (None if refused is None else refused.code) == code


def test_a_doubt_about_its_identity_can_be_confirmed() -> None:
    doubtful = observation(fingerprint=fingerprint(hwaddrs=OTHER_CARD))
    assert check_rollback(container(), doubtful, unsure_confirmed=True) is None


@pytest.mark.parametrize(
    ("status", "start", "steps"),
    [
        (Status.RUNNING, False, ["Proxmox stops it at once", "it stays stopped"]),
        (Status.RUNNING, True, ["Proxmox stops it at once", "start it"]),
        (Status.STOPPED, True, ["start it"]),
        (Status.STOPPED, False, []),
    ],
)
def test_the_plan_says_whether_it_runs_afterwards(status: Status, start: bool, steps: list[str]) -> None:
    told = " ".join(step.reason for step in planned(RollbackOptions("base", start=start), status=status).steps)
    every = ("Proxmox stops it at once", "it stays stopped", "start it")
    assert [one for one in every if one in told] == steps


@pytest.mark.parametrize(("count", "more"), [(1, ""), (12, ""), (13, "; 1 more"), (14, "; 2 more")])
def test_up_to_twelve_settings_that_go_back_are_named(count: int, more: str) -> None:
    changes = tuple(FieldChange(f"mp{number}", None, "x", None) for number in range(count))
    (_, told) = planned(RollbackOptions("base"), replace(TARGET, changes=changes)).warnings
    named = "; ".join(f"mp{number} x \N{RIGHTWARDS ARROW} (not set)" for number in range(min(count, 12)))
    assert told == f"settings that go back: {named}{more}"


def test_a_snapshot_of_which_the_time_is_not_known_has_no_age() -> None:
    found = GuestSnapshots(observation(), SnapshotList(NOON, (replace(BASE, at=None),), "base", "d1"), True, "")
    plan = plan_rollback(container(), RollbackOptions("base"), found, TARGET)
    assert isinstance(plan, Plan)
    assert " ago" not in plan.warnings[0]


def test_a_guest_that_ha_runs_may_be_started_by_it() -> None:
    warned = "managed by HA: HA may start it again by itself"
    assert warned in planned(RollbackOptions("base"), ha_state="started").warnings
    assert warned not in planned(RollbackOptions("base")).warnings


def test_only_the_name_confirms_it() -> None:
    assert check_confirmation(container(), "web1") is None
    assert check_confirmation(container(), "web") is not None


def test_afterwards_it_is_recognised_by_what_the_snapshot_keeps_where_that_was_read() -> None:
    back = fingerprint(hwaddrs=OTHER_CARD)
    seen = observation(fingerprint=back)
    assert recognised(container(), RollbackOptions("base", fingerprint=back), seen).match is Match.SAME
    assert recognised(container(), RollbackOptions("base"), seen).match is Match.UNSURE
