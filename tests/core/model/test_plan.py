"""The words of plans that stand in databases, in JSON and in scripts."""

from __future__ import annotations

from proximity_tui.core.model import StepName


def test_the_names_of_steps_stand_as_they_were_released() -> None:
    released = (
        "ask await_status shutdown stop back_up prove_backup destroy prove_absent release create clone verify start"
        " settle capture record look"
    )
    assert {str(name) for name in StepName} >= set(released.split())


def test_a_name_that_no_version_of_ours_knows_is_unreadable_and_never_another_step() -> None:
    assert [StepName.read(text) for text in ("destroy", "DESTROY", "", None, 7)] == [
        StepName.DESTROY,
        *[StepName.UNREADABLE] * 4,
    ]
