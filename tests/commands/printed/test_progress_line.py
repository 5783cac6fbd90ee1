"""What a command waits for is told on a terminal, and on nothing else: silence looks like a program that hangs."""

from __future__ import annotations

import re
import sys
import threading
from typing import Any

import pytest

from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.progress_line import ProgressLine, waits_told
from proximity_tui.core.base import daemon_threads
from proximity_tui.core.base.daemon_threads import longest_wait, waiting_for
from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.commands.person import at_terminal

WORDS = ("delete", "web1", "--hard", "--confirm", "web1", "--yes")


def test_a_node_that_hangs_is_named_with_the_time_that_it_takes(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.faults.hang(f"/lxc/{native['vmid']}/config")
    with at_terminal("--config", str(cli.config), *WORDS) as person:
        person.read_until(f"  waiting for lab: reading config of CT {native['vmid']} on pve1, for ")
        person.read_until("\x1b[K")
        person.press_ctrl_c()
        assert person.end() == 130
    lab.faults.clear()
    drawn = re.findall(r"\r  waiting for [^\r\n]*\x1b\[K", person.seen)
    assert drawn
    assert person.seen.count("waiting for") == len(drawn), "it is one line, drawn over itself"
    assert "\r\x1b[Kproximity-tui: interrupted" in person.seen, "and it is gone at the end"


def test_what_is_no_terminal_is_told_nothing_of_it(capfd: pytest.CaptureFixture[str]) -> None:
    with waits_told():
        assert "waiting line" not in {thread.name for thread in threading.enumerate()}


def test_the_longest_wait_is_the_one_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    # A thread of another test may still wait for an answer that never comes.
    monkeypatch.setattr(daemon_threads, "_waits", {})
    assert longest_wait() is None
    later, over = threading.Event(), threading.Event()

    def wait_too() -> None:
        with waiting_for("lab: reading tasks"):
            later.set()
            over.wait()

    with waiting_for("lab: reading nodes"):
        other = threading.Thread(target=wait_too)
        other.start()
        later.wait()
        told = longest_wait()
        assert told is not None
        assert told.subject == "lab: reading nodes"
    told = longest_wait()
    assert told is not None
    assert told.subject == "lab: reading tasks"
    over.set()
    other.join()
    assert longest_wait() is None


def test_there_is_one_line_at_the_bottom_and_what_is_printed_stands_above_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    step, wait = ProgressLine(), ProgressLine()
    wait.draw("waiting", gives_way=True)
    step.draw("step 1")
    wait.draw("waiting still", gives_way=True)
    output.note("a whole line")
    wait.draw("waiting again", gives_way=True)
    wait.end()
    wait.draw("too late", gives_way=True)
    assert capsys.readouterr().err == (
        "\rwaiting\x1b[K\r\x1b[K\rstep 1\x1b[K\r\x1b[Ka whole line\n\rwaiting again\x1b[K\r\x1b[K"
    )
