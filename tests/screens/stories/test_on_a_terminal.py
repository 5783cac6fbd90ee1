"""The installed program on a real terminal: what it writes there, and how it ends."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Mapping

import pytest

from tests.screens.chrome.test_banner import red
from tests.screens.stage import Stage
from tests.terminal.pty import Terminal

BELL = b"\x07"


def program(stage: Stage, *, columns: int = 100, lines: int = 30, environ: Mapping[str, str] | None = None) -> Terminal:
    """`proximity-tui` with the configuration of a stage."""
    argv = [sys.executable, "-m", "proximity_tui", "--config", str(stage.folder / "proximity-tui.toml")]
    return Terminal(argv, columns=columns, lines=lines, environ=environ)


def test_an_idle_screen_writes_next_to_nothing(stage: Stage) -> None:
    with program(stage) as terminal:
        terminal.until("quorate 3/3")
        # Of a busy machine the first paint may come late; a screen that is never still has no such five seconds.
        terminal.until(lambda: terminal.quiet(5) < 300)


def test_what_is_typed_at_once_is_a_filter_and_no_row_of_commands(stage: Stage) -> None:
    with program(stage) as terminal:
        terminal.until("Fleet 2")
        terminal.write("/!qopa")
        terminal.until("/ !qopa")
        terminal.until("Fleet 2 of 2")
        terminal.press("escape")
        terminal.until(lambda: "Fleet 2 of 2" not in terminal.text)
        terminal.write(":unmanaged/:q")
        terminal.until(": unmanaged/:q")


BEFORE_THE_READ_IS_GIVEN_UP = 18
"""Seconds. A process of its own gives a request up after the `read_timeout` of `ClusterSettings`, which is 20 s."""


def test_quitting_is_quick_while_the_cluster_hangs(stage: Stage) -> None:
    with program(stage) as terminal:
        terminal.until("quorate 3/3")
        stage.simulator.faults.hang()
        terminal.press("r")
        terminal.until("Fleet 2")
        terminal.press("q")
        assert terminal.wait(BEFORE_THE_READ_IS_GIVEN_UP) == 0


@pytest.mark.parametrize("wanted", [True, False])
def test_a_new_red_alert_rings_where_that_is_wanted_and_an_old_one_does_not(
    set_up: Callable[..., Stage], wanted: bool
) -> None:
    stage = set_up(top=f"bell = {str(wanted).lower()}")
    red(stage, "loki", 106)
    with program(stage) as terminal:
        terminal.until("ALERT  ANOMALOUS ORPHAN  loki")
        terminal.settle()
        before = bytes(terminal.raw).count(BELL)
        red(stage, "grafana", 105)
        terminal.until("+1 more")
        terminal.until(lambda: not wanted or bytes(terminal.raw).count(BELL) > before)
        terminal.settle()
        assert bytes(terminal.raw).count(BELL) - before == wanted


def test_sigterm_ends_it_in_order(stage: Stage) -> None:
    with program(stage) as terminal:
        terminal.until("quorate 3/3")
        terminal.signal(signal.SIGTERM)
        assert terminal.wait() == 128 + signal.SIGTERM
        assert bytes(terminal.raw).rstrip().find(b"\x1b[?1049l") > 0, "the terminal is given back"


@pytest.mark.parametrize("keys", [(), ("ctrl+d",), ("q",)], ids=["list", "dialog", "quitting"])
def test_a_closed_terminal_ends_it_whatever_it_does(stage: Stage, keys: tuple[str, ...]) -> None:
    with program(stage) as terminal:
        terminal.until("quorate 3/3")
        stage.simulator.faults.hang()
        terminal.press(*keys)
        terminal.hang_up()
        # Whichever is first: the quit, the orderly exit, or the signal itself once nobody handles it any more.
        assert terminal.wait() in (0, 129, -signal.SIGHUP)


def test_a_program_told_to_stop_while_its_terminal_goes_away_is_not_left_behind_stopped(stage: Stage) -> None:
    with program(stage) as terminal:
        terminal.until("quorate 3/3")
        # So much is painted that the terminal takes no more: the program waits to give it back, until it is gone. Where
        # there was just room for that, it stands stopped.
        terminal.fill("2", "1")
        terminal.signal(signal.SIGTSTP)
        terminal.stall()
        terminal.hang_up()
        assert terminal.wait(reading=False) == 129


def test_a_paste_that_holds_keys_presses_none(stage: Stage) -> None:
    with program(stage) as terminal:
        terminal.until("Fleet 2")
        terminal.write("\x1b[200~\x1b[3~\x1b q s\r\x1b[201~3")
        terminal.until("No alert is open")
        terminal.write("\x1b[20")
        terminal.write("0~q2\x1b[201~1")
        terminal.until("Fleet 2")


def test_a_hostile_name_reaches_no_terminal_as_a_command(stage: Stage) -> None:
    stage.record("web\x1b]0;owned\x07\x9b2J\u202e[red]", 98)
    with program(stage) as terminal:
        terminal.until("[red]")
        terminal.press("down")
        terminal.settle()
        assert b"\x1b]0;owned" not in terminal.raw
        assert "\u202e".encode() not in terminal.raw
        assert "\x9b".encode() not in terminal.raw


def test_no_color_writes_no_colour(stage: Stage) -> None:
    with program(stage, environ={"NO_COLOR": "1"}) as terminal:
        terminal.until("quorate 3/3")
        terminal.press("2")
        terminal.until("web-3")
        colours = re.findall(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m", bytes(terminal.raw))
        assert colours == []


def test_the_console_of_a_host_gets_no_sign_that_its_font_lacks(stage: Stage) -> None:
    red(stage, "grafana", 105)
    with program(stage, columns=60, lines=15, environ={"TERM": "linux"}) as terminal:
        terminal.until("quorate 3/3")
        for keys, words in (("0", "Everything 2"), ("3", "Alerts 1"), ("9", "Pulse"), ("1", "Fleet 2")):
            terminal.press(keys)
            terminal.until(words)
        terminal.press("?")
        terminal.until("Keys on Fleet")
        terminal.press("pagedown", "pagedown")
        terminal.settle()
        assert not {sign for sign in bytes(terminal.raw).decode(errors="replace") if ord(sign) > 127}


def test_a_terminal_that_cannot_draw_gets_a_sentence(stage: Stage) -> None:
    with program(stage, environ={"TERM": "dumb"}) as terminal:
        assert terminal.wait() == 2
        assert "cannot draw a screen" in terminal.text.replace("\n", " ")


def test_the_mouse_stays_with_the_terminal(stage: Stage) -> None:
    with program(stage) as terminal:
        terminal.until("quorate 3/3")
        assert b"\x1b[?1003h" not in terminal.raw
        assert b"\x1b[?1000h" not in terminal.raw
