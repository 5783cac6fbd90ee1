"""The four outcomes of a plan: what a script and a person are told of each."""

from __future__ import annotations

import pytest

from proximity_tui.commands.base.exit_codes import Exit, of_result
from proximity_tui.core.engine.operations.outcome import Done, Failed, Outcome, Refused, Resumable, StepFailed
from proximity_tui.core.model import Refusal, RefusalCode
from proximity_tui.screens.app.background_task import TaskResult

BUSY = Refusal(RefusalCode.BUSY, "it is busy")


@pytest.mark.parametrize(
    ("outcome", "code", "words", "error"),
    [
        (Done(), Exit.DONE, "done", None),
        (Refused(BUSY), Exit.CONFLICT, "refused: it is busy", None),
        (Resumable("no answer"), Exit.RESUMABLE, "interrupted, can be resumed: no answer", "no answer"),
        (Failed("disk full"), Exit.FAILED, "failed: disk full", "disk full"),
    ],
)
def test_each_outcome_has_an_exit_code_and_words_of_its_own(
    outcome: Outcome, code: Exit, words: str, error: str | None
) -> None:
    assert of_result(outcome) is code
    assert TaskResult("delete web1", outcome).outcome == words
    assert (outcome.success, outcome.error) == (code is Exit.DONE, error)


def test_what_was_done_all_the_same_goes_into_the_journal_beside_the_reason() -> None:
    assert StepFailed("it runs again", detail={"exitstatus": "OK"}).detail == {"exitstatus": "OK"}
    assert StepFailed("no answer").detail == {}
