"""Ctrl-C at a question."""

from __future__ import annotations

import io
import sys
from argparse import Namespace

import pytest

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit


class Impatient(io.StringIO):
    """The terminal of a person who presses Ctrl-C in place of an answer, or while the question is written."""

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        """Raise what Ctrl-C raises."""
        raise KeyboardInterrupt

    def flush(self) -> None:
        """Raise the same."""
        raise KeyboardInterrupt


@pytest.mark.parametrize("stream", ["stdin", "stderr"])
def test_ctrl_c_at_a_question_says_that_nothing_was_done(monkeypatch: pytest.MonkeyPatch, stream: str) -> None:
    monkeypatch.setattr(sys, stream, Impatient())
    with pytest.raises(CommandEnd, match="interrupted: nothing was done") as ended:
        confirm.ask(Namespace(yes=False), "Stop these 2 at once?")
    assert ended.value.code is Exit.INTERRUPTED
