"""The screen before there is a configuration: connect a cluster, or show the demo, which never starts unasked.

It writes only on request, and never overwrites anything.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen

from proximity_tui.config.template import TEMPLATE
from proximity_tui.connect.connect_request import ConfigPlace
from proximity_tui.core.base.text import plain
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.screens.text.scroll_text import ScrollText
from proximity_tui.widgets.line_controls import LineButton


class FirstRunEnd(StrEnum):
    """How the first-run screen ended, where it was not left."""

    DEMO = "demo"
    CONNECTED = "connected"


class FirstRunScreen(Screen[None]):
    """The first-run screen. It ends the App with a `FirstRunEnd`, or with None where a person quits; `config_path` is
    where the configuration belongs.
    """

    DEFAULT_CSS = """
    FirstRunScreen {
        layout: vertical;
        & Horizontal { height: 1; dock: bottom; }
        & LineButton { margin-right: 1; }
    }
    """
    AUTO_FOCUS = "ScrollText"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "connect", "Connect a cluster"),
        Binding("m", "by_hand", "Manual setup"),
        Binding("w", "write", "Write the file"),
        Binding("o", "go_on", "Continue"),
        Binding("d", "demo", "Demo"),
        Binding("escape", "back", "Back"),
        Binding("q", "leave", "Quit"),
    ]

    def __init__(self, config_path: Path, database: str | None = None, *, read_only: bool | None = None) -> None:
        """Build the screen; `database` and `read_only` are the options of the command line, None where not given."""
        super().__init__()
        self._path = config_path
        self._where = ConfigPlace(config_path, database, read_only)
        self._by_hand = False
        self._trouble = ""

    def compose(self) -> ComposeResult:
        """Yield a text and its buttons."""
        yield ScrollText(4)
        with Horizontal():
            yield LineButton("c Connect a cluster", id="first-connect")
            yield LineButton("m Manual setup", id="first-hand")
            yield LineButton("w Write this file", id="first-write")
            yield LineButton("o Continue", id="first-go")
            yield LineButton("d Demo", id="first-demo")
            yield LineButton("q Quit", id="first-quit")

    def on_mount(self) -> None:
        """Show the choices."""
        self._show()

    def action_connect(self) -> None:
        """Connect a cluster here, and continue with it."""
        from proximity_tui.screens.connect.connect_screen import ConnectScreen

        self.app.push_screen(ConnectScreen(self._where, lambda name: self.app.exit(FirstRunEnd.CONNECTED)))

    def action_by_hand(self) -> None:
        """Show the path and the content of a configuration."""
        self._by_hand = True
        self._show()

    def action_back(self) -> None:
        """Back to the choice."""
        self._by_hand = False
        self._show()

    def action_write(self) -> None:
        """Write the template to the path of the configuration, unless a file is there."""
        if not self._by_hand or self._path.exists():
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # `x` makes no difference between looking and writing: whoever was faster keeps his file.
            with open(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(TEMPLATE)
            self._trouble = ""
        except OSError as error:
            self._trouble = f"The file could not be written: {error.strerror}."
        self._show()

    def action_go_on(self) -> None:
        """Load the configuration, and continue."""
        if self._path.exists():
            self.app.exit(FirstRunEnd.CONNECTED)

    def action_demo(self) -> None:
        """Show a simulated cluster."""
        self.app.exit(FirstRunEnd.DEMO)

    def action_leave(self) -> None:
        """Quit."""
        self.app.exit()

    @on(LineButton.Pressed)
    def _pressed(self, event: LineButton.Pressed) -> None:
        actions = {
            "first-connect": self.action_connect,
            "first-hand": self.action_by_hand,
            "first-write": self.action_write,
            "first-go": self.action_go_on,
            "first-demo": self.action_demo,
            "first-quit": self.action_leave,
        }
        actions[event.button.id or ""]()

    def _show(self) -> None:
        there = self._path.exists()
        shown = {
            "first-connect": not self._by_hand,
            "first-hand": not self._by_hand,
            "first-write": self._by_hand and not there,
            "first-go": self._by_hand and there,
            "first-demo": not self._by_hand,
            "first-quit": True,
        }
        for name, wanted in shown.items():
            self.query_one(f"#{name}").display = wanted
        self.query_one(ScrollText).set_text(self._how_by_hand(there) if self._by_hand else self._welcome())

    def _welcome(self) -> list[TextLine]:
        return [
            [("Proximity", "accent")],
            [],
            [("There is no configuration yet. This file does not exist:", "normal")],
            [(plain(str(self._path)), "accent")],
            [],
            [
                ("c  Connect a cluster", "accent"),
                (": shows its certificate before anything is sent, and writes this file.", "normal"),
            ],
            [("m  Manual setup", "accent"), (": shows the contents of this file, and can write it.", "normal")],
            [
                ("d  Demo", "accent"),
                (": a simulated cluster. Your clusters are not touched.", "normal"),
            ],
            [("q  Quit", "accent")],
        ]

    def _how_by_hand(self, there: bool) -> list[TextLine]:
        lines: list[TextLine] = [[("Manual setup", "accent")], []]
        if self._trouble:
            lines.append([(self._trouble, "bad")])
        if there:
            lines.append([("The file exists. It is never overwritten:", "good")])
            lines.append([(plain(str(self._path)), "accent")])
            lines.append([("Fill in url, token and fingerprint in an editor, then press o to continue.", "normal")])
        else:
            lines.append([("w writes this file (esc goes back):", "normal")])
            lines.append([(plain(str(self._path)), "accent")])
        lines.append([])
        for line in TEMPLATE.splitlines():
            lines.append([(line, "dim" if line.lstrip().startswith("#") else "normal")])
        return lines
