"""Point 3: the janitor diagnoses what is stuck, and touches nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from proximity_tui.core.doctrine.reconciliation.janitor_diagnosis import (
    StuckCause,
    cause_of,
    diagnose,
    hours_and_minutes,
)
from proximity_tui.core.model import (
    Action,
    ClockReading,
    Operation,
    OperationStatus,
    Plan,
    State,
    Status,
    Step,
    StepName,
    StepOutcome,
    StepRecord,
)
from proximity_tui.core.model.lifecycle import TRANSIENT
from tests.support.records import make
from tests.support.records.make import NOON, after, container

LONG = 72 * 60
STEPS = (StepName.SHUTDOWN, StepName.STOP, StepName.DESTROY, StepName.PROVE_ABSENT, StepName.RELEASE)


def operation(done: int) -> Operation:
    steps = tuple(
        StepRecord(n, name, "", StepOutcome.DONE if n <= done else StepOutcome.INTENDED)
        for n, name in enumerate(STEPS, start=1)
    )
    plan = Plan(Action.HARD_DELETE, "prod", 101, "web1", tuple(Step(name, "") for name in STEPS), "")
    return make.operation(plan, id=9, status=OperationStatus.OPEN, steps=steps)


@pytest.mark.parametrize("state", sorted(TRANSIENT))
def test_every_transient_state_has_a_threshold(state: State) -> None:
    assert diagnose(container(state=state), None, alive=False, now=ClockReading(after(1))) is None
    assert diagnose(container(state=state), None, alive=False, now=ClockReading(after(24 * 3600))) is not None


@pytest.mark.parametrize("state", [State.RUNNING, State.STOPPED, State.ERROR])
def test_a_settled_container_is_never_stuck(state: State) -> None:
    assert diagnose(container(state=state), None, alive=False, now=ClockReading(after(10**7))) is None


def test_a_live_operation_is_never_stuck_whatever_its_age() -> None:
    assert diagnose(container(state=State.REMOVING), operation(2), alive=True, now=ClockReading(after(10**7))) is None


def test_the_clock_is_the_state_and_not_the_record() -> None:
    fresh = container(state=State.REMOVING, created_at=NOON - timedelta(days=3), state_since=after(LONG - 1))
    assert diagnose(fresh, None, alive=False, now=ClockReading(after(LONG))) is None


def test_the_reason_says_how_long_where_it_died_what_was_seen_and_what_to_do() -> None:
    record = container(state=State.REMOVING, status=Status.STOPPED, observed_at=after(LONG - 12), operation=9)
    found = diagnose(record, operation(2), alive=False, now=ClockReading(after(LONG)))
    assert found is not None
    assert found.reason == (
        "removing for 1h 12m; its operation died at step 3 of 5: destroy (sent, answer unknown: it may have been"
        " carried out); "
        "CT 101 was last seen on pve1, stopped, 12s ago; resume, abandon or release"
    )
    assert found.log_line.startswith("DIAGNOSING web1 (native, CT 101 on pve1): Stuck for 1h 12m")


@pytest.mark.parametrize(
    ("one", "cause"),
    [
        (None, StuckCause.NO_OPERATION),
        (operation(0), StuckCause.ANSWER_UNKNOWN),
        (operation(len(STEPS)), StuckCause.DIED_AFTER_LAST_STEP),
        (
            make.operation(operation(0).plan, steps=(StepRecord(1, StepName.STOP, "", StepOutcome.PENDING),)),
            StuckCause.DIED_AT_STEP,
        ),
    ],
)
def test_the_cause_is_where_the_operation_died(one: Operation | None, cause: StuckCause) -> None:
    assert cause_of(one) is cause


@pytest.mark.parametrize("state", sorted(TRANSIENT))
def test_the_usual_threshold_is_an_hour_and_ten_minutes_for_an_adoption(state: State) -> None:
    threshold = 600 if state is State.ADOPTING else 3600
    stuck = container(state=state)
    assert diagnose(stuck, None, alive=False, now=ClockReading(after(threshold - 1))) is None
    assert diagnose(stuck, None, alive=False, now=ClockReading(after(threshold))) is not None


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(-5, "0h 0m"), (59, "0h 0m"), (60, "0h 1m"), (3599, "0h 59m"), (3600, "1h 0m"), (90061, "25h 1m")],
)
def test_a_span_is_told_in_hours_and_minutes(seconds: float, told: str) -> None:
    assert hours_and_minutes(timedelta(seconds=seconds)) == told


@pytest.mark.parametrize(("seconds", "told"), [(119, "119s ago"), (120, "0h 2m ago")])
def test_when_it_was_last_seen_is_told_in_seconds_up_to_two_minutes(seconds: float, told: str) -> None:
    record = container(state=State.REMOVING, observed_at=after(LONG - seconds))
    found = diagnose(record, None, alive=False, now=ClockReading(after(LONG)))
    assert found is not None
    assert told in found.reason


@pytest.mark.parametrize(
    ("record", "one", "told"),
    [
        ({"vmid": None}, None, "; it never had a VMID; delete it, or release it with a soft delete"),
        ({"observed_at": None}, None, "; CT 101 was never seen; delete it, or release it with a soft delete"),
        ({}, operation(2), "; resume, abandon or release"),
    ],
)
def test_it_is_told_what_was_seen_last_and_what_can_be_done(
    record: dict[str, Any], one: Operation | None, told: str
) -> None:
    found = diagnose(container(state=State.REMOVING, **record), one, alive=False, now=ClockReading(after(LONG)))
    assert found is not None
    assert found.reason.endswith(told)
