"""The base of every full screen: the lines that are always in sight, its own content, a prompt, one line of keys.

It runs commands by name and knows none of the content.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import ParamSpec, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.chrome.footer import KeyLine
from proximity_tui.screens.chrome.top_lines import TopLines
from proximity_tui.screens.command_line.common_commands import CommonCommands
from proximity_tui.screens.command_line.prompt import Prompt
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import SCREENS, ScreenId
from proximity_tui.screens.presentation.guest_counts import summaries
from proximity_tui.widgets.background_work import in_background

P = ParamSpec("P")
T = TypeVar("T")

_MUTATING = frozenset(one.id for one in keys.COMMANDS if one.mutating)
"""The ids of the commands that read-only mode refuses: the key line does not offer them then."""

_RUNS = frozenset({"run_reconciler", "run_janitor"})
"""Those that a process without a database that it may write refuses: it runs no jobs."""


class BaseScreen(CommonCommands):
    """A full screen. A subclass names its `SCREEN_ID`, has `keys.bindings_for(SCREEN_ID)` as BINDINGS, and implements
    `content` (its widgets), `show` (called with the view, at first and whenever it changed), `tick` (once a second, for
    ages), and a method `do_<id>` for each of its commands; it never waits for an answer.
    """

    AUTO_FOCUS = "RowTable"
    DEFAULT_CSS = """
    BaseScreen {
        layout: vertical;
        & > #content { height: 1fr; }
    }
    """

    _is_preparing = False
    """Whether a view is being prepared while the screen stands open: the newest one is shown then."""

    shows_view = False
    """Whether it shows what was read."""

    def content(self) -> Iterable[Widget]:
        """Yield the widgets of the screen, between what is always in sight and the key line."""
        raise NotImplementedError

    def show(self, view: View) -> None:
        """Show the view. Called when the screen appears and with every change while it is visible."""

    def move_unseen(self, view: View) -> None:
        """Move on to a view while nobody sees the screen, and show nothing of it: whoever keeps the one before keeps
        every guest that was listed then.
        """

    def is_much(self, view: View) -> bool:
        """Return whether so much of the view is new that it is prepared before it is shown."""
        return False

    async def prepare(self) -> None:
        """Make what `show` needs, so that neither takes long in one piece. Keys wait for it when the screen appears,
        not while it stands open: until then the old rows are shown.
        """

    def tick(self) -> None:
        """Show the view again, for its ages. Called once a second while the screen is visible."""
        self.show(self.view)

    @unless_unmounted
    def pass_second(self) -> None:
        """Let a second pass, once there is something that it passes on."""
        if self._is_in_sight:
            self.tick()

    def counts(self) -> str:
        """Return the beginning of the right end of the key line: the counts of rows and marks."""
        return ""

    def idle_commands(self) -> frozenset[str]:
        """Return the ids of commands that do not apply right now: the key line leaves them out."""
        return frozenset()

    @unless_unmounted
    def show_keys(self) -> None:
        """Update the key line, because it may have changed."""
        mine = self.counts()
        guests = summaries(self.controller.shown_view.counts) if self.view.taken_at is not None else ()
        lengths = [*(f"{mine}; {text}" if mine else text for text in guests if text), mine]
        refused = _MUTATING if self.controller.read_only is not None else frozenset()
        if not self.controller.services.runs_jobs:
            refused |= _RUNS
        self.query_one(KeyLine).show_counts(lengths, self.idle_commands() | refused)

    def compose(self) -> ComposeResult:
        """Yield what is always in sight, content, prompt, key line."""
        yield TopLines()
        with Vertical(id="content"):
            yield from self.content()
        yield Prompt()
        yield KeyLine(self.SCREEN_ID)

    async def on_mount(self) -> None:
        """Follow the view from now on."""
        self.controller.changed.subscribe(self, self._view_changed)
        await self._appear()

    async def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Show the changes that came while another screen was on top. Its styles are as they were: a widget is styled
        when it is mounted, and after a change of theme the App styles a screen before it shows it.
        """
        event.refresh_styles = False
        await self._appear()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Treat the keys that open the prompt as text while something is typed."""
        typing = action == "run" and not keys.TYPED.isdisjoint(parameters) and self.prompt.is_open
        return False if typing else super().check_action(action, parameters)

    def action_run(self, command_id: str, argument: str = "") -> None:
        """Run a command of the table on this screen. One that changes something is refused in read-only mode.

        No command waits for anything: the keys behind it would wait, too.
        """
        command = keys.BY_ID[command_id]
        if command.means:
            command_id, _, argument = command.means.partition(" ")
            command = keys.BY_ID[command_id]
        refused = self.controller.read_only if command.mutating else None
        if refused is not None:
            self.app.show_message(refused.reason, bad=True)
            return
        if command_id in SCREENS:
            self.app.routes.go(ScreenId(command_id))
            if argument:
                self.app.routes.narrow(argument)
            return
        method = getattr(self, f"do_{command_id}")
        if command.argument:
            method(argument)
        else:
            method()

    def do_back(self) -> None:
        """Leave a screen that lies on another, or a main screen without a number."""
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        else:
            self.app.routes.go_back()

    def ask_first(self, question: Callable[[], T], then: Callable[[T], object]) -> None:
        """Ask `question`, which may block, and call `then` with its answer, such as to open a dialog; or say why there
        is none. Keys act meanwhile. Once something else is on top the answer is dropped: it would cover what is done
        there.
        """
        in_background(self, partial(self._ask_first, question, then), group="question", exclusive=True)

    async def _ask_first(self, question: Callable[[], T], then: Callable[[T], object]) -> None:
        try:
            answer = await self.controller.ask(question)
        except (ProxmoxError, StoreError) as error:
            self.app.show_message(str(error), bad=True)
        else:
            if self.app.screen is self:
                then(answer)

    async def _appear(self) -> None:
        """Show the view, apart from what Textual does before and after: the loop takes other things in between."""
        if self._is_in_sight:
            await asyncio.sleep(0)
            await self.prepare()
            self._show_view()
            await asyncio.sleep(0)

    async def _prepare_and_show(self) -> None:
        try:
            await self.prepare()
        finally:
            self._is_preparing = False
        self._show_view()

    def _view_changed(self, view: View) -> None:
        if not self._is_in_sight:
            self.move_unseen(self.view)
            return
        if self._is_preparing:
            return
        if self.is_much(self.view):
            self._is_preparing = True
            in_background(self, self._prepare_and_show, group="prepare")
        else:
            self._show_view()

    @unless_unmounted
    def _show_view(self) -> None:
        if self._is_in_sight:
            self.query_one(TopLines).show()
            self.show(self.view)
            self.show_keys()
            self.shows_view = self.view.taken_at is not None
            if self.shows_view and self.app.is_covered:
                self.app.call_later(self.app.uncover)
            self.call_after_refresh(self.controller.shown)

    def _compositor_refresh(self) -> None:
        """Draw what changed; nothing while the terminal shows the last list: it would be made for nobody."""
        if not self.app.is_covered:
            super()._compositor_refresh()

    @property
    def _is_in_sight(self) -> bool:
        return self.is_current and self.is_mounted
