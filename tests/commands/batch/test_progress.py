"""The progress of many: count, rate and remaining time on a terminal, lines elsewhere."""

from __future__ import annotations

import io
import sys

import pytest

from proximity_tui.commands.batch.progress import Progress, bar_line


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("done", "seconds", "line"),
    [
        (0, 0.0, "adopting [------------------------] 0/500 0%"),
        (0, 129.0, "adopting [------------------------] 0/500 0% after 2m"),
        (125, 10.0, "adopting [######------------------] 125/500 25% 12.5/s 30 s left"),
        (250, 500.0, "adopting [############------------] 250/500 50% 0.5/s 8 min 20 s left"),
        (1, 20.0, "adopting [------------------------] 1/500 0% 3.0/min 2 h 46 min left"),
        (500, 40.0, "adopting [########################] 500/500 100% 12.5/s"),
    ],
)
def test_the_bar_has_count_rate_and_remaining_time(done: int, seconds: float, line: str) -> None:
    assert bar_line("adopting", done, 500, seconds) == line


def test_a_terminal_sees_one_line_that_changes_and_whole_lines_above_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    seconds = iter(range(100))
    progress = Progress("adopting", 2, lambda: float(next(seconds)))
    progress.step("lab/101: adopted web-1")
    progress.above(lambda: print("adopted web-1"))
    progress.step("lab/102: adopted web-2")
    progress.end()
    written = terminal.getvalue()
    assert "\n" not in written
    assert "lab/101" not in written
    assert "1/2 50% 1.0/s 1 s left" in written
    assert "2/2 100%" in written
    assert written.endswith("\r\x1b[K"), "nothing of it stays"
    assert capsys.readouterr().out == "adopted web-1\n"


def test_elsewhere_each_item_is_a_line_and_a_single_one_needs_none(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("adopting", 2, lambda: 0.0)
    progress.draw()
    progress.step("lab/101: adopted web-1")
    progress.end()
    Progress("adopting", 1, lambda: 0.0).step("lab/102: adopted web-2")
    assert capsys.readouterr().err == "1/2 lab/101: adopted web-1\n"
