"""A start on a real terminal: what was shown last is there before the program is, and every end of it is tidy."""

from __future__ import annotations

import json
import re
import signal
import sys
import termios
from collections.abc import Mapping
from pathlib import Path

import pytest

from proximity_tui.core.store import events
from proximity_tui.core.store.records import records
from proximity_tui.last_list import file
from tests.last_list.test_content import last_list
from tests.screens.stage import Stage
from tests.terminal.pty import Terminal

ECHO = termios.ECHO | termios.ICANON | termios.ISIG

HELD_AT_AN_IMPORT = """
import os, sys, time
from proximity_tui.__main__ import main

class HoldsOnce:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            sys.meta_path.remove(self)
            open({reached!r}, "w").close()
            while not os.path.exists({go!r}):
                time.sleep(0.05)

sys.meta_path.insert(0, HoldsOnce())
sys.argv = ["proximity-tui", "--config", {config!r}]
sys.exit(main())
"""

PATIENT = """
import sys
from proximity_tui import app
from proximity_tui.__main__ import main
from proximity_tui.screens.app import last_list_keeper

app.COVERED = last_list_keeper.PATIENCE = 240.0
sys.argv = ["proximity-tui", "--config", {config!r}]
sys.exit(main())
"""


class Starts:
    """The starts of one person, whose secret can be kept back: then a start has painted and is not yet live."""

    def __init__(self, stage: Stage, home: Path) -> None:
        self.stage, self.home = stage, home
        self._config = stage.folder / "proximity-tui.toml"
        self._go = stage.folder / "go"
        self.reached = stage.folder / "reached"
        """What is there once a start is held."""

    @property
    def kept(self) -> Path:
        """The only last list there is."""
        [found] = self.kept_there()
        return found

    def kept_there(self) -> list[Path]:
        """The last lists there are."""
        return list((self.home / ".local" / "state" / "proximity-tui" / "snapshot").iterdir())

    def leave_a_last_list(self) -> None:
        """Leave what a start would leave of the two containers."""
        url, at = self.stage.context.settings.database, file.present()
        taken = last_list("web-1", "web-2", database=file.identity_of(url), origin=events.origin(), taken_at=at)
        file.write(url, taken)

    def start_and_quit(self) -> None:
        """Start once, see the fleet, and quit."""
        with self.start_patiently() as terminal:
            terminal.until("quorate 3/3")
            terminal.until("web-1")
            terminal.press("q")
            assert terminal.wait() == 0

    def hold(self) -> None:
        """Keep the secret back until `go`."""
        lines = self._config.read_text().splitlines()
        secret = self.stage.simulator.token_secret
        # It ends with the program that waits for it, however that ends.
        until = f"until [ -e {self._go} ] || ! kill -0 $PPID 2>/dev/null; do sleep 0.05; done"
        script = f"touch {self.reached}; {until}; echo {secret}"
        held = [f"token_secret = {{ command = '''sh -c \"{script}\"''' }}" if "token_secret" in x else x for x in lines]
        self._config.write_text("\n".join(held))

    def go(self) -> None:
        """Let the secret be read."""
        self._go.touch()

    def start_held_at(self, module: str) -> Terminal:
        """The program, which does not get past the import of a module until `go`."""
        return self._start_by(HELD_AT_AN_IMPORT, module=module, go=str(self._go), reached=str(self.reached))

    def start_patiently(self) -> Terminal:
        """The program, whose keys wait for its list and whose end for the last list, however busy the machine is."""
        return self._start_by(PATIENT)

    def start(
        self, *words: str, size: tuple[int, int] = (100, 30), environ: Mapping[str, str] | None = None
    ) -> Terminal:
        """The program, on a terminal of its own."""
        argv = [sys.executable, "-m", "proximity_tui", "--config", str(self._config), *words]
        return Terminal(argv, columns=size[0], lines=size[1], environ={"HOME": str(self.home), **(environ or {})})

    def _start_by(self, script: str, **values: str) -> Terminal:
        argv = [sys.executable, "-c", script.format(config=str(self._config), **values)]
        return Terminal(argv, columns=100, lines=30, environ={"HOME": str(self.home)})


@pytest.fixture
def starts(stage: Stage, own_home: Path) -> Starts:
    """The starts of somebody whose list shows two containers."""
    return Starts(stage, own_home)


def is_given_back(terminal: Terminal) -> bool:
    """Whether the program left the other screen last, and a line can be typed."""
    written = bytes(terminal.raw)
    left = written.rfind(b"\x1b[?1049l") > written.rfind(b"\x1b[?1049h")
    return left and terminal.attributes[3] & ECHO == ECHO


def test_the_last_list_is_shown_with_its_age_before_anything_is_asked(starts: Starts) -> None:
    starts.start_and_quit()
    starts.hold()
    asked = len(starts.stage.simulator.journal.entries())
    with starts.start() as terminal:
        terminal.until("as of")
        terminal.until("web-1")
        terminal.until(lambda: re.search(r"\d+ (s|min) ago: starting", terminal.text))
        terminal.until("Fleet 2")
        assert len(starts.stage.simulator.journal.entries()) == asked
        rows = [line.split()[2] for line in terminal.text.splitlines()[2:4]]
        starts.go()
        terminal.until("quorate 3/3")
        terminal.until(lambda: "as of" not in terminal.text)
        terminal.settle()
        assert [line.split()[2] for line in terminal.text.splitlines()[2:4]] == rows, "no line has moved"
        assert bytes(terminal.raw).count(b"\x1b[?1049h") == 1, "the other screen is entered, and cleared, only once"
        terminal.press("q")
        assert terminal.wait() == 0
        assert is_given_back(terminal)


@pytest.mark.parametrize("module", ["proximity_tui.commands.base.execution", "textual", "peewee"])
def test_the_last_list_is_there_before_anything_heavy_is_loaded(starts: Starts, module: str) -> None:
    starts.leave_a_last_list()
    with starts.start_held_at(module) as terminal:
        terminal.until("as of")
        terminal.until("web-1")
        terminal.until(starts.reached.exists)
        terminal.press("ctrl+c")
        assert terminal.wait() == 130
        assert is_given_back(terminal)
        assert "Traceback" not in terminal.text


def test_keys_typed_meanwhile_count_and_are_not_echoed(starts: Starts) -> None:
    starts.leave_a_last_list()
    starts.hold()
    with starts.start() as terminal:
        terminal.until("as of")
        terminal.write("/web-2\r")
        terminal.settle()
        assert "graf\n" not in terminal.text.replace("web-1", "")
        starts.go()
        terminal.until("Fleet 1 of 2")


def test_what_was_typed_before_the_list_was_there_confirms_nothing(starts: Starts) -> None:
    starts.leave_a_last_list()
    starts.hold()
    with starts.start_patiently() as terminal:
        terminal.until("as of")
        # The delete dialog, its choice, and every key that might confirm it.
        terminal.press("ctrl+d", "tab", "enter", "s", "y", "enter")
        starts.go()
        terminal.until("quorate 3/3")
        terminal.until("Delete")
        terminal.settle(0.5)
        assert "Delete" in terminal.text
        assert len(records.active()) == 2


@pytest.mark.parametrize("end", ["ctrl+c", signal.SIGTERM, signal.SIGHUP], ids=str)
def test_an_end_before_the_list_is_live_gives_the_terminal_back(starts: Starts, end: str | signal.Signals) -> None:
    starts.leave_a_last_list()
    starts.hold()
    with starts.start() as terminal:
        terminal.until("as of")
        # While it waits, and not in an import: Python loses an interruption that comes in the callback of a lock.
        terminal.until(starts.reached.exists)
        if isinstance(end, str):
            terminal.press("x", end)
        else:
            terminal.signal(end)
        assert terminal.wait() in ((130,) if isinstance(end, str) else (-end, 128 + end))
        assert is_given_back(terminal)


def test_an_error_of_the_start_is_said_on_the_terminal_that_was_given_back(starts: Starts) -> None:
    starts.leave_a_last_list()
    starts.stage.folder.joinpath("prod.token").chmod(0o644)
    with starts.start() as terminal:
        assert terminal.wait() == 2
        assert is_given_back(terminal)
        assert "chmod 600" in terminal.text
        assert "Traceback" not in terminal.text


@pytest.mark.parametrize("size", [(40, 10), (200, 50)], ids=str)
def test_another_size_of_terminal_shows_it_too(starts: Starts, size: tuple[int, int]) -> None:
    starts.leave_a_last_list()
    starts.hold()
    with starts.start("--read-only", size=size, environ={"NO_COLOR": "1"}) as terminal:
        terminal.until("as of")
        terminal.until("web-1")
        terminal.until(lambda: "[READ-ONLY]" in terminal.text.splitlines()[0])


def test_a_read_only_look_leaves_no_last_list_and_a_damaged_one_is_replaced(starts: Starts) -> None:
    starts.leave_a_last_list()
    starts.kept.write_text("{")
    with starts.start("--read-only") as terminal:
        terminal.until("quorate 3/3")
        terminal.press("q")
        assert terminal.wait() == 0
    assert starts.kept.read_text() == "{"
    starts.start_and_quit()
    assert len(json.loads(starts.kept.read_text())["rows"]) == 2


def test_a_last_list_of_another_database_in_the_same_file_is_taken_away(starts: Starts) -> None:
    starts.leave_a_last_list()
    starts.kept.write_text(starts.kept.read_text().replace('"origin":"', '"origin":"00'))
    with starts.start() as terminal:
        terminal.until("quorate 3/3")
        assert not starts.kept_there()
