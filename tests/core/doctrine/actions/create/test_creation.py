"""What a request for a new native container must say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.actions.create.creation import CreatePlace, check_request, never_made, plan_create
from proximity_tui.core.model import (
    CreateRequest,
    GuestLookup,
    GuestNotSeen,
    Plan,
    Presence,
    Quorum,
    Refusal,
    StepName,
    StepOutcome,
    StepRecord,
)
from proximity_tui.core.model.actions.plan_options import CreateOptions
from tests.support.records.make import MARKER, NOON, observation, operation

GOOD = CreateRequest("local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst", "web2")
PLACE = CreatePlace("prod", "pve1", "local-lvm", 120, Quorum(True))


def test_a_good_request_becomes_a_plan_that_carries_our_marker() -> None:
    answer = plan_create(replace(GOOD, start=True, port=80), PLACE, MARKER)
    assert isinstance(answer, Plan)
    assert [step.name for step in answer.steps] == ["create", "verify", "start", "settle"]
    assert answer.carries(CreateOptions).marker == MARKER


@pytest.mark.parametrize(
    "change",
    [
        {"hostname": ""},
        {"hostname": "-web"},
        {"hostname": "web 2"},
        {"hostname": "web2\x1b[31m"},
        {"hostname": "a" * 64},
        {"hostname": ".".join(["a" * 63] * 5)},
        {"template": "debian-12"},
        {"template": "local:iso/debian.iso"},
        {"cores": 0},
        {"memory_mib": 8},
        {"disk_gib": 0},
        {"port": 0},
        {"port": 70000},
    ],
)
def test_a_bad_request_is_refused_with_one_sentence(change: dict[str, object]) -> None:
    answer = check_request(replace(GOOD, **change))  # type: ignore[arg-type]
    assert isinstance(answer, Refusal)
    assert answer.code == "invalid"
    assert "\x1b" not in answer.reason


def test_nothing_is_created_without_quorum() -> None:
    for quorum in (Quorum(False), Quorum(True, apart=frozenset({"pve1"}))):
        answer = plan_create(GOOD, replace(PLACE, quorum=quorum), MARKER)
        assert isinstance(answer, Refusal)
        assert answer.code == "no_quorum"


ABSENT = GuestNotSeen("prod", 101, NOON, Presence.ABSENT, "the VMID is free")


@pytest.mark.parametrize(
    ("outcomes", "lookup", "never"),
    [
        ([StepOutcome.PENDING, StepOutcome.PENDING], observation(), True),
        ([StepOutcome.INTENDED, StepOutcome.PENDING], observation(), False),
        ([StepOutcome.INTENDED, StepOutcome.PENDING], ABSENT, True),
        ([StepOutcome.INTENDED, StepOutcome.PENDING], replace(ABSENT, presence=Presence.UNKNOWN), False),
        ([StepOutcome.DONE, StepOutcome.DONE], ABSENT, False),
    ],
    ids=[
        "not sent",
        "perhaps sent, and it is there",
        "perhaps sent, and absent",
        "perhaps sent, not known",
        "verified",
    ],
)
def test_a_guest_was_never_made_only_where_nothing_was_sent_or_its_absence_is_proved(
    outcomes: list[StepOutcome], lookup: GuestLookup, never: bool
) -> None:
    plan = plan_create(GOOD, PLACE, MARKER)
    assert isinstance(plan, Plan)
    steps = (StepRecord(n, name, "", outcome) for n, (name, outcome) in enumerate(
        zip((StepName.CREATE, StepName.VERIFY), outcomes, strict=True), 1
    ))  # fmt: skip
    assert never_made(operation(plan, steps=tuple(steps)), lookup) is never
