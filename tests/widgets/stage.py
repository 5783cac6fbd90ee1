"""Small programs that the tests of this folder run on a real terminal: `python -m tests.widgets.stage NAME`."""

import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from threading import Thread

from textual.app import App, ComposeResult
from textual.filter import LineFilter
from textual.widgets import Static

from proximity_tui.config.theme_setting import ThemeSetting
from proximity_tui.runtime.exit_watchdog import ExitWatchdog
from proximity_tui.widgets.colors import no_color, theme_for
from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_table import RowTable
from proximity_tui.widgets.terminal import suspend
from proximity_tui.widgets.terminal.driver import TerminalDriver
from proximity_tui.widgets.terminal.sanitize import Sanitizer
from proximity_tui.widgets.terminal.suspend import ProgramResult, run_outside
from proximity_tui.widgets.theme import THEMES, name_of
from tests.support.timing.waiting import LONGEST

# A command of a test fails at once, however slow the machine is.
suspend.HELD_UNTIL = LONGEST

HOSTILE = "a\x1b]0;owned\x1b\\b\x9b2Jc\u202ed\x1b[cf\ud800g"


class Stage(App[None]):
    """A table in the themes of the program, behind its line filter."""

    ENABLE_COMMAND_PALETTE = False
    DRIVER = TerminalDriver

    def __init__(self) -> None:
        super().__init__(driver_class=self.DRIVER, ansi_color=no_color(os.environ) or None)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = name_of(theme_for(ThemeSetting.AUTO, os.environ))
        self.animation_level = "none"
        columns = (Column("name", "NAME", 12, flex=1), Column("state", "STATE", 8), Column("n", "N", 4, align="right"))
        self.table = RowTable(columns, empty="Nothing here.")
        self.random = random.Random(os.environ.get("SEED", "0"))
        self.told = Static("", markup=False)
        self.marks = 0

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), Sanitizer()]

    def compose(self) -> ComposeResult:
        yield self.told
        yield self.table

    def on_mount(self) -> None:
        self.table.show([self.row(number) for number in range(40)])

    def row(self, number: int, tone: int = 0) -> Row:
        state = (Cell("running", "good"), Cell("error", "bad"), Cell("waiting", "dim"))[tone]
        return Row(str(number), (f"日本{number}" if number % 7 == 3 else f"ct{number}", state, str(number)))

    def on_key(self, event: object) -> None:
        key = getattr(event, "key", "")
        if key == "s":
            self.table.show(self.table.shown)
        elif key == "e":
            self.table.show([self.row(number, 1 if number == 2 else 0) for number in range(40)])
        elif key == "x":
            numbers = self.random.sample(range(40), self.random.randint(0, 40))
            self.table.show([self.row(number, self.random.randint(0, 2)) for number in numbers])
        elif key == "f":
            parity = self.random.randint(1, 3)
            self.table.only(lambda row: int(row) % parity == 0)
        elif key == "o":
            self.table.sort_next()
        elif key == "a":
            assert isinstance(self._driver, TerminalDriver)
            self.refresh(layout=True)
            self.table.refresh()
            self._driver.repaint()
        elif key == "m":
            self.marks += 1
            self.told.update(f"mark {self.marks}.")
        elif key == "h":
            self.told.update(HOSTILE)
        elif key in "1234":
            self.leave_screen(key)
        elif key == "q":
            self.exit(return_code=7)

    def leave_screen(self, key: str) -> None:
        commands = {
            "1": [sys.executable, "-c", "print('hello from outside'); input(); raise SystemExit(5)"],
            "2": ["/nonexistent/pct", "enter"],
            "3": ["sh", "-c", "echo failing; exit 3"],
            "4": ["sh", "-c", "kill -STOP $$; echo goes $((40 + 2)); exit 4"],
        }
        outcome = run_outside(self, commands[key])
        self.told.update(f"outcome {outcome.code if isinstance(outcome, ProgramResult) else outcome}")


class Restless(Stage):
    """Paints without end, so that a terminal that is not read stalls it."""

    def on_mount(self) -> None:
        super().on_mount()
        self.count = 0
        self.set_interval(0.01, self.paint)

    def paint(self) -> None:
        self.count += 1
        self.told.update(f"{self.count} " * 60)


class Stuck(Stage):
    """Its event loop stands still for ever once `w` is pressed."""

    def on_key(self, event: object) -> None:
        if getattr(event, "key", "") == "w":
            self.told.update("stuck")
            # A function of Python: Textual asks for the parameters of what it calls, and `sleep` does not tell them.
            self.call_later(lambda: time.sleep(3600))


class ContinuedDriver(TerminalDriver):
    """Gets what a closing terminal sends when reading has just ended for good."""

    def stop_application_mode(self) -> None:
        super().stop_application_mode()
        signal.raise_signal(signal.SIGCONT)


class Continued(Stage):
    DRIVER = ContinuedDriver


class Lingering(Stage):
    """Leaves a thread behind that the end of the program waits for, for ever."""

    def on_mount(self) -> None:
        super().on_mount()
        Thread(target=time.sleep, args=(3600,)).start()


if __name__ == "__main__":
    apps = (Stage, Restless, Stuck, Continued, Lingering)
    app = next(one for one in apps if one.__name__.lower() == sys.argv[1])()
    with ExitWatchdog(lambda code: app.exit(return_code=code), limit=1.0):
        app.run(mouse=False)
    sys.exit(app.return_code)
