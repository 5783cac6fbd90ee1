"""Ctrl+Z: the program is suspended to a shell that can continue it, and refused where there is none."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.screens.stage import Stage
from tests.screens.stories.test_on_a_terminal import program
from tests.terminal.pty import Terminal

ENTERS, LEAVES = b"\x1b[?1049h", b"\x1b[?1049l"


def shell(stage: Stage, before: str = "", behind: str = "") -> Terminal:
    """An interactive shell in which the program is started, as a person does."""
    terminal = Terminal(["bash", "--norc", "--noprofile", "-i"], columns=100, lines=30, environ={"PS1": "shell> "})
    terminal.until("shell>")
    config = shlex.quote(str(stage.folder / "proximity-tui.toml"))
    terminal.write(f"{before}{shlex.quote(sys.executable)} -m proximity_tui --config {config}{behind}\r")
    terminal.until("quorate 3/3")
    terminal.settle()
    return terminal


def suspended(terminal: Terminal) -> bytes:
    """Suspend the program; return what was written to leave the screen."""
    begun = len(terminal.raw)
    terminal.press("ctrl+z")
    terminal.until(lambda: b"Stopped" in terminal.raw[begun:] and terminal.raw.endswith(b"shell> "))
    return bytes(terminal.raw[begun:])


def continued(terminal: Terminal) -> None:
    """Continue it on a screen that shows anything else, and wait until it has drawn."""
    begun = len(terminal.raw)
    terminal.screen.reset()
    terminal.write("fg\r")
    terminal.until(lambda: ENTERS in terminal.raw[begun:] and "quorate 3/3" in terminal.text)
    terminal.settle()


def answers(terminal: Terminal, number: int) -> None:
    """Have the shell answer something that was not typed."""
    begun = len(terminal.raw)
    terminal.write(f"echo $(({number} + 1))\r")
    terminal.until(lambda: f"{number + 1}\r\n".encode() in terminal.raw[begun:])


def test_the_program_is_suspended_and_all_of_it_is_there_again(stage: Stage) -> None:
    with shell(stage) as terminal:
        before, shown = terminal.attributes, terminal.text
        terminal.press(":")
        terminal.write("mouse")
        terminal.until(": mouse")
        terminal.press("enter")
        terminal.until(lambda: b"\x1b[?1003h" in terminal.raw)
        left = suspended(terminal)
        for sequence in (LEAVES, b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?7h"):
            assert sequence in left, sequence
        answers(terminal, 41)
        begun = len(terminal.raw)
        continued(terminal)
        # Not the characters: before the screens are there, the early screen takes ctrl+z out of them.
        assert terminal.attributes[:6] == before[:6]
        assert terminal.text.splitlines()[1:20] == shown.splitlines()[1:20]
        assert "shell>" not in terminal.text
        assert b"\x1b[?1003h" in terminal.raw[begun:], "it has the mouse again"
        terminal.press("q")
        terminal.until(lambda: terminal.raw.endswith(b"shell> "))
        answers(terminal, 51)


def test_after_another_size_it_is_drawn_for_that(stage: Stage) -> None:
    with shell(stage) as terminal:
        suspended(terminal)
        terminal.resize(70, 20)
        continued(terminal)
        assert "? help" in terminal.text.splitlines()[19]


def test_in_the_background_it_waits_until_it_has_the_terminal(stage: Stage) -> None:
    with shell(stage) as terminal:
        suspended(terminal)
        begun = len(terminal.raw)
        terminal.write("bg\r")
        terminal.settle()
        answers(terminal, 41)
        assert ENTERS not in terminal.raw[begun:]
        continued(terminal)
        terminal.press("2")
        terminal.until("[2 Unmanaged")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (("ctrl+d",), "stop managing it"),
        (("?",), "Keys on Fleet"),
        (("/", "web"), "Fleet 2 of 2"),
        ((":", "con"), ": con"),
    ],
)
def test_it_is_obeyed_whatever_is_open(stage: Stage, keys: tuple[str, ...], words: str) -> None:
    with shell(stage) as terminal:
        terminal.press(*keys)
        terminal.until(words)
        suspended(terminal)
        continued(terminal)
        terminal.until(words)


def test_a_script_that_started_it_is_suspended_with_it(stage: Stage, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text('"$@"\necho behind it\n')
    with shell(stage, before=f"sh {script} ") as terminal:
        suspended(terminal)
        continued(terminal)
        terminal.press("q")
        terminal.until(lambda: b"behind it" in terminal.raw)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(lambda stage: program(stage), id="session"),
        pytest.param(lambda stage: shell(stage, before="set +m; "), id="no job control"),
        pytest.param(lambda stage: shell(stage, before="(trap '' TSTP; exec ", behind=")"), id="ignored"),
    ],
)
def test_without_a_shell_that_could_continue_it_is_refused(stage: Stage, start: Callable[[Stage], Terminal]) -> None:
    with start(stage) as terminal:
        terminal.until("quorate 3/3")
        terminal.press("ctrl+z")
        terminal.until("Not suspended")
        terminal.press("2")
        terminal.until("[2 Unmanaged")


def test_with_an_operation_in_flight_it_asks_first(stage: Stage) -> None:
    with shell(stage) as terminal:
        terminal.press("p")
        terminal.until("already running")
        terminal.press("d")
        terminal.until("[ Shut down ]")
        terminal.press("enter")
        terminal.until("running for")
        # What is typed while the dialog before it still closes is for nobody; more of them ask only once.
        terminal.until(lambda: "Suspend now?" in terminal.text or terminal.press("ctrl+z"))
        begun = len(terminal.raw)
        terminal.press("right", "enter")
        terminal.until(lambda: b"Stopped" in terminal.raw[begun:] and terminal.raw.endswith(b"shell> "))
        continued(terminal)


def test_what_changed_meanwhile_is_shown_when_it_goes_on(stage: Stage) -> None:
    with shell(stage) as terminal:
        suspended(terminal)
        stage.adopt(103)
        continued(terminal)
        terminal.until("103")
