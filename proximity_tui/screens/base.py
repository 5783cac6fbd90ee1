"""What every full screen has: the status line, room for banners, its own content, one line of keys.

It carries commands out by name and knows none of the content.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget

from proximity_tui.screens import keys, routes
from proximity_tui.screens.desk import Desk, View
from proximity_tui.screens.footer import KeyLine
from proximity_tui.screens.header import StatusLine
from proximity_tui.screens.host import DeskApp
from proximity_tui.screens.keys import Place

TICK = 1.0
"""Seconds between two looks at the clock; only what looks different is painted."""


class BaseScreen(Screen[None]):
    """A full screen. A subclass names its `PLACE`, passes `keys.bindings_for(PLACE)` as BINDINGS, and implements

    `content` (its widgets), `show` (called with the view, at first and whenever it changed), `tick` (once a second,
    for ages), and a method `do_<id>` for each command of its place; it may be async.
    """

    PLACE: ClassVar[Place]
    AUTO_FOCUS = "RowTable"
    DEFAULT_CSS = """
    BaseScreen {
        layout: vertical;
        & > #banners { height: auto; max-height: 50%; }
        & > #content { height: 1fr; }
    }
    """

    app = getters.app(DeskApp)

    @property
    def desk(self) -> Desk:
        """The one thing that a screen talks to."""
        return self.app.desk

    @property
    def view(self) -> View:
        """What is known now."""
        return self.app.desk.view

    def content(self) -> Iterable[Widget]:
        """The widgets of the screen, between status line and key line."""
        raise NotImplementedError

    def show(self, view: View) -> None:
        """Show what is known. Called when the screen appears and with every change while it is on top."""

    def tick(self) -> None:
        """Called once a second while the screen is on top: by default the view is shown again, for its ages."""
        self.show(self.view)

    def counts(self) -> str:
        """What the right end of the key line says: how many of what, and how many are marked."""
        return ""

    def compose(self) -> ComposeResult:
        """Status line, banners, content, key line."""
        yield StatusLine()
        yield Vertical(id="banners")
        with Vertical(id="content"):
            yield from self.content()
        yield KeyLine(self.PLACE)

    def on_mount(self) -> None:
        """Follow the view from now on."""
        self.desk.changed.subscribe(self, self._view_changed)
        self.set_interval(TICK, self._tick)
        self._view_changed(self.view)

    def on_screen_resume(self) -> None:
        """What changed while something else was on top."""
        self._view_changed(self.view)

    async def action_run(self, command_id: str) -> None:
        """Carry a command out, wherever it came from: a key, the palette, the command line."""
        await self.run_command(command_id)

    async def run_command(self, command_id: str, argument: str = "") -> None:
        """Carry a command of the table out on this screen. One that changes something is refused in read-only mode."""
        command = keys.BY_ID[command_id]
        refused = self.desk.read_only if command.mutating else None
        if refused is not None:
            self.app.say(refused.reason, bad=True)
            return
        if command_id in routes.MAIN:
            routes.go(self.app, command_id)
            return
        method = getattr(self, f"do_{command_id}")
        done = method(argument) if command.argument else method()
        if inspect.isawaitable(done):
            await done

    def do_refresh(self) -> None:
        """Look at every cluster now."""
        self.desk.want()

    def do_back(self) -> None:
        """Leave a screen that lies on another."""
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    def _view_changed(self, view: View) -> None:
        if self.is_current:
            self.query_one(StatusLine).show(self.desk)
            self.show(view)
            self.query_one(KeyLine).say(self.counts())

    def _tick(self) -> None:
        if self.is_current:
            self.query_one(StatusLine).show(self.desk)
            self.tick()
