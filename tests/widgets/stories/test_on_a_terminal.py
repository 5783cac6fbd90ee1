"""What really reaches a terminal: bytes, colours, control characters, signals and other programs."""

import itertools
import signal
import sys
from pathlib import Path

import pytest

from tests.support.processes.process_numbers import runs
from tests.support.timing.waiting import until
from tests.terminal.pty import Terminal

DEAF_TO_HANGUPS = (
    "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP]);"
    "os.execvp(sys.argv[1], sys.argv[1:])"
)


def stage(name: str = "stage", *, seed: int = 0, under: tuple[str, ...] = (), **environ: str) -> Terminal:
    argv = [*under, sys.executable, "-m", "tests.widgets.stage", name]
    return Terminal(argv, columns=60, lines=16, environ={"SEED": str(seed), **environ})


def begun(terminal: Terminal) -> Terminal:
    terminal.until("ct1")
    terminal.settle()
    return terminal


@pytest.mark.parametrize("seed", range(3))
def test_after_random_changes_the_terminal_shows_what_a_whole_repaint_shows(seed: int) -> None:
    with stage(seed=seed) as terminal:
        begun(terminal)
        turns = ("x", "xj", "xjjx", "fx", "xo", " x", "Gx", "xk*x", "ofx", "gx\\x")
        for turn, keys in enumerate(turns):
            # The mark is drawn after all that was typed before it: a busy machine is not taken for a still one. The
            # second one also comes after what the table drew of its own, as its scroll bar.
            terminal.press(*keys, "m", "m")
            terminal.until(f"mark {4 * turn + 2}.")
            terminal.settle(0.1)
            partly = terminal.text.splitlines()[1:]
            terminal.press("a", "m", "m")
            terminal.until(f"mark {4 * turn + 4}.")
            terminal.settle(0.1)
            assert terminal.text.splitlines()[1:] == partly


def test_after_another_size_and_back_the_screen_is_written_again() -> None:
    with stage() as terminal:
        begun(terminal)
        whole = terminal.text
        for columns in (44, 60):
            terminal.resize(columns, 16)
            terminal.screen.reset()
            terminal.press("m")
            terminal.until(lambda: "ct1" in terminal.text and "mark" in terminal.text)
            terminal.settle()
        assert terminal.text.splitlines()[1:] == whole.splitlines()[1:]


def test_a_terminal_that_misreads_differences_can_be_sent_whole_lines() -> None:
    with stage(PROXIMITY_TUI_WHOLE_FRAMES="1") as terminal:
        begun(terminal)
        before = terminal.bytes_read
        terminal.press("j")
        terminal.until(lambda: terminal.bytes_read > before)
        terminal.settle()
        assert b"ct1 " in terminal.raw[before:]
        assert "ct1 " in terminal.text


def test_what_looks_the_same_costs_nothing_and_one_changed_row_little() -> None:
    with stage() as terminal:
        begun(terminal)
        marks = itertools.count(1)

        def cost(*keys: str) -> int:
            """Bytes that are written for the keys and for a mark, which is drawn after all that was typed before it."""
            before = terminal.bytes_read
            terminal.press(*keys, "m")
            terminal.until(f"mark {next(marks)}.")
            terminal.settle()
            return terminal.bytes_read - before

        cost()
        mark = cost()
        assert cost("s") == mark
        assert cost("e") > mark
        terminal.until("error")
        assert cost("e") == mark
        assert mark < cost("j") < mark + 600


def test_a_lost_state_is_red_in_the_colours_of_the_terminal_where_there_are_sixteen() -> None:
    with stage(TERM="xterm") as terminal:
        begun(terminal)
        terminal.press("e")
        terminal.until("error")
        line = next(y for y, text in enumerate(terminal.screen.display) if "error" in text)
        cell = terminal.screen.buffer[line][terminal.screen.display[line].index("error")]
        assert (cell.fg, cell.bold) == ("red", True)


def test_no_color_leaves_only_bold_dim_and_reverse() -> None:
    with stage(NO_COLOR="1", COLORTERM="truecolor") as terminal:
        begun(terminal)
        terminal.press("e", "j")
        terminal.until("error")
        terminal.settle()
        cells = [cell for line in terminal.screen.buffer.values() for cell in line.values()]
        assert {(cell.fg, cell.bg) for cell in cells} == {("default", "default")}
        assert any(cell.reverse for cell in cells)
        assert any(cell.bold for cell in cells)


def test_control_characters_never_reach_the_terminal() -> None:
    with stage() as terminal:
        begun(terminal)
        before = terminal.bytes_read
        terminal.press("h")
        terminal.until("]0;owned")
        terminal.settle()
        for payload in (b"\x1b]0;", "\x9b".encode(), "\u202e".encode(), b"\x1b[c", b"\x1b\\"):
            assert payload not in terminal.raw[before:]
        assert "owned" not in terminal.screen.title


def test_a_command_has_the_terminal_until_it_ends_and_ctrl_c_is_for_it_alone() -> None:
    with stage() as terminal:
        begun(terminal)
        terminal.press("1")
        terminal.until("hello from outside")
        terminal.press("ctrl+c")
        terminal.until("press enter to return")
        terminal.press("enter")
        terminal.until("outcome -2")
        terminal.press("q")
        assert terminal.wait() == 7


def test_a_command_that_fails_at_once_leaves_its_last_words_to_be_read() -> None:
    with stage() as terminal:
        begun(terminal)
        terminal.press("3")
        terminal.until("sh ended with code 3; press enter to return")
        assert "failing" in terminal.text
        terminal.press("enter")
        terminal.until("outcome 3")
        terminal.settle()
        # Nothing of what the other program wrote is left, on lines that look as before either.
        assert "failing" not in terminal.text
        assert all(f"ct{number} " in terminal.text for number in (0, 1, 2))


def test_a_command_that_stops_does_not_leave_the_terminal_to_nobody() -> None:
    with stage() as terminal:
        begun(terminal)
        terminal.press("4")
        terminal.until("goes 42")
        terminal.until("press enter to return")
        terminal.press("enter")
        terminal.until("outcome 4")


def test_a_command_that_stops_stops_the_program_with_it_where_a_shell_continues_both() -> None:
    argv = ["bash", "--norc", "--noprofile", "-i"]
    with Terminal(argv, columns=60, lines=20, environ={"PS1": "shell> "}) as terminal:
        terminal.until("shell>")
        terminal.write(f"{sys.executable} -m tests.widgets.stage stage\r")
        terminal.until("ct1")
        terminal.press("4")
        terminal.until(lambda: b"Stopped" in terminal.raw and terminal.raw.endswith(b"shell> "))
        assert b"goes 42" not in terminal.raw
        terminal.write("fg\r")
        terminal.until(lambda: b"press enter to return" in terminal.raw)
        assert b"goes 42" in terminal.raw


def test_a_command_that_cannot_be_run_is_a_sentence_and_the_screen_comes_back() -> None:
    with stage() as terminal:
        begun(terminal)
        terminal.press("2")
        terminal.until("NotRun")
        terminal.until(lambda: "/nonexistent/pct cannot be run" in terminal.text.replace("\n", " "))
        terminal.press("q")
        assert terminal.wait() == 7


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_program_orderly_and_gives_the_terminal_back(number: signal.Signals, code: int) -> None:
    with stage() as terminal:
        begun(terminal)
        terminal.signal(number)
        assert terminal.wait() == code
        assert terminal.raw.rindex(b"\x1b[?1049l") > terminal.raw.rindex(b"\x1b[?1049h")


@pytest.mark.parametrize("under", [(), (sys.executable, "-c", DEAF_TO_HANGUPS)], ids=["signal", "no signal"])
@pytest.mark.parametrize("name", ["stage", "restless"])
def test_a_lost_terminal_ends_the_program_whether_or_not_a_signal_says_so(name: str, under: tuple[str, ...]) -> None:
    with stage(name, under=under) as terminal:
        terminal.until("ct1")
        terminal.hang_up()
        assert terminal.wait() == 129


def test_a_program_whose_terminal_is_not_read_hears_sigterm_all_the_same() -> None:
    with stage("restless") as terminal:
        terminal.until("ct1")
        terminal.fill()
        terminal.signal(signal.SIGTERM)
        assert terminal.wait(reading=False) == 143


def test_a_program_that_is_stuck_ends_when_told_to_and_gives_the_terminal_back() -> None:
    with stage("stuck") as terminal:
        begun(terminal)
        terminal.press("w")
        terminal.settle(0.5)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait() == 143
        assert terminal.raw.rindex(b"\x1b[?1049l") > terminal.raw.rindex(b"\x1b[?1049h")


def test_a_terminal_that_says_goodbye_twice_is_not_read_once_more() -> None:
    with stage("continued") as terminal:
        begun(terminal)
        terminal.press("q")
        assert terminal.wait() == 7


def test_a_program_that_its_own_threads_hold_back_ends_all_the_same() -> None:
    with stage("lingering") as terminal:
        begun(terminal)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait() == 143


def test_a_signal_ends_the_program_and_the_command_that_has_its_terminal() -> None:
    with stage() as terminal:
        begun(terminal)
        terminal.press("1")
        terminal.until("hello from outside")
        child = int(Path(f"/proc/{terminal.process.pid}/task/{terminal.process.pid}/children").read_text())
        terminal.signal(signal.SIGTERM)
        assert terminal.wait() == 143
        # Whoever takes its end over from the program may do so a moment later.
        until(lambda: not runs(child))


def test_what_is_no_text_at_all_ends_nothing() -> None:
    with stage() as terminal:
        begun(terminal)
        terminal.write_bytes(b"\xff\xfe\xe9\x80")
        terminal.press("m")
        terminal.until("mark 1.")
