"""What a step of the journal says about its own end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from proximity_tui.core.model import StepName, StepOutcome, StepRecord
from proximity_tui.core.model.actions.step_record import STILL_UNANSWERED

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def step(outcome: StepOutcome, **detail: Any) -> StepRecord:
    return StepRecord(1, StepName.MIGRATE, "", outcome, detail=detail)


@pytest.mark.parametrize(
    ("exitstatus", "well", "unclear"),
    [("OK", True, False), ("WARNINGS: 2", True, False), ("unable to stop", False, True), (None, False, True)],
)
def test_a_step_that_is_done_ended_well_or_its_end_is_unclear(
    exitstatus: str | None, well: bool, unclear: bool
) -> None:
    done = step(StepOutcome.DONE, exitstatus=exitstatus)
    assert (done.ended_well, done.end_is_unclear) == (well, unclear)
    assert done.outcome_words == ("over" if unclear else "done")


def test_a_step_that_is_done_without_a_task_ended_well() -> None:
    assert step(StepOutcome.DONE).ended_well
    assert not step(StepOutcome.DONE).end_is_unclear


@pytest.mark.parametrize("outcome", [one for one in StepOutcome if one is not StepOutcome.DONE])
def test_a_step_that_is_not_done_has_no_end_that_could_be_unclear(outcome: StepOutcome) -> None:
    for exitstatus in ("OK", None):
        assert not step(outcome, exitstatus=exitstatus).ended_well
        assert not step(outcome, exitstatus=exitstatus).end_is_unclear


def test_nothing_came_of_a_step_that_was_refused_at_once_unless_an_earlier_try_is_unanswered() -> None:
    sent = AT
    assert replace(step(StepOutcome.FAILED), intent_at=sent).was_refused_at_once
    assert not replace(step(StepOutcome.FAILED), intent_at=sent, task="UPID:pve1").was_refused_at_once
    assert not replace(step(StepOutcome.FAILED, **{STILL_UNANSWERED: True}), intent_at=sent).was_refused_at_once
    assert not replace(step(StepOutcome.INTENDED), intent_at=sent).was_refused_at_once
