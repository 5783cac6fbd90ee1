"""The base of every Textual App of ours: no mouse, no animation, own colours, the filter against text from outside, and
no end by an unexpected exception. It knows no screen.
"""

from __future__ import annotations

import asyncio
import locale
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual._styles_cache import StylesCache
from textual.await_remove import AwaitRemove
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.message import Message
from textual.screen import Screen
from textual.widget import AwaitMount, Widget
from textual.widgets import Input

from proximity_tui.config.theme_setting import ThemeSetting
from proximity_tui.screens.app.suspending import SUSPENDS, SuspendingApp
from proximity_tui.screens.app.unexpected import UnexpectedErrors, catch_errors
from proximity_tui.widgets.compositor import LeanCompositor
from proximity_tui.widgets.glyphs import replacements
from proximity_tui.widgets.terminal.clipboard import copying, outcome
from proximity_tui.widgets.terminal.driver import PasteLost, TerminalDriver
from proximity_tui.widgets.terminal.key_queue import KeyQueue
from proximity_tui.widgets.terminal.paste import one_line
from proximity_tui.widgets.terminal.sanitize import Sanitizer

if TYPE_CHECKING:
    from proximity_tui.widgets.dialogs.dialog import Dialog

CRASHED = 1
"""Exit status of an App that could not begin, or ended without being told to."""


class BaseApp(SuspendingApp):
    """An App that is silent while idle and treats no shown text as a command."""

    BINDINGS: ClassVar[list[BindingType]] = [*SUSPENDS]
    ENABLE_COMMAND_PALETTE = False
    INLINE_PADDING = 0
    TITLE = "Proximity"

    def __init__(self, theme: ThemeSetting = ThemeSetting.AUTO) -> None:
        # One object: Textual keeps what a filter made of a line by the filter itself.
        self._sanitizer = Sanitizer(replacements(locale.getencoding(), os.environ))
        super().__init__(theme)
        self.animation_level = "none"
        self.unexpected = UnexpectedErrors(lambda sentence: self.show_message(sentence, bad=True))
        self._begun = self._covered = False
        self._was_there = False
        """Whether the screen that is switched to was shown before."""
        self.keys = KeyQueue(self, self._deliver)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's own filters, and after them the sanitizer."""
        return [*super().get_line_filters(), self._sanitizer]

    async def on_event(self, event: events.Event) -> None:
        """Queue keys and pastes one after the other; handle everything else at once."""
        if isinstance(event, (events.Key, events.Paste)) and not self.screen_stack:
            # Typed while the program ends: there is nothing left that it could be for.
            return
        if isinstance(event, events.Resize) and event.size == self.size:
            # It has its size back, but not what it showed: Textual would draw nothing.
            self.redraw()
        if isinstance(event, (events.Key, events.Paste, events.MouseEvent)) and not event.is_forwarded:
            self.keys.note_input(event)
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            await self.keys.take(event)
        else:
            await super().on_event(event)

    def redraw(self) -> None:
        """Write the whole screen once more, because something else may have changed what the terminal shows."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.repaint()

    def copy(self, text: str, *, called: str | None = None) -> str:
        """Put a text into the clipboard of the terminal, and return what to say: whether that worked nobody knows.
        `called` names a text that stands on the screen already.
        """
        written = copying(text, os.environ) if self._driver is not None else ""
        if self._driver is not None and written:
            self._driver.write(written)
        return outcome(called or text, written, os.environ)

    def toggle_mouse(self) -> str:
        """Take the mouse, or leave it to the terminal again; return which of the two."""
        if not isinstance(self._driver, TerminalDriver):
            return "There is no terminal with a mouse."
        if self._driver.toggle_mouse():
            return "The mouse works in the program. With shift the terminal selects text. :mouse gives it back."
        return "The mouse belongs to the terminal again."

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Do what a key is bound to; return whether anything was."""
        acted = await super()._check_bindings(key, priority)
        if not acted and not priority:
            self.answer_unused(key)
        return acted

    def answer_unused(self, key: str) -> None:
        """Answer a key that nothing was bound to."""

    async def _deliver(self, event: events.Key | events.Paste) -> None:
        if isinstance(event, events.Paste):
            # A paste is text: outside of a field there is nothing that it could be for.
            text = one_line(event.text) if isinstance(self.focused, Input) else ""
            event = events.Paste(text)
            if not text:
                return
        await super().on_event(event)

    def on_dialog_help_asked(self, event: Dialog.HelpAsked) -> None:
        """Show the keys of a dialog."""
        from proximity_tui.widgets.dialogs.keys_dialog import KeysDialog

        self.push_screen(KeysDialog(event.dialog))

    @on(PasteLost)
    def _paste_lost(self) -> None:
        self.show_message("The pasted text was too long or incomplete. It was ignored.", bad=True)

    def cover(self) -> None:
        """Draw nothing and keep what is typed until `uncover`: the terminal shows something already."""
        self._covered = True
        self.keys.hold()

    @property
    def is_covered(self) -> bool:
        """True while nothing is drawn."""
        return self._covered

    async def uncover(self) -> None:
        """Draw the whole screen, over what the terminal showed, and let the kept keys act."""
        if self._covered:
            self._covered = False
            self.screen.refresh()
            await self.keys.release()

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        if not self._covered:
            super()._display(screen, renderable)

    def clear_selection(self) -> None:
        """Clear the selection. From Python 3.12 on Textual starts tasks eagerly: the fields of the first screen are
        then mounted, and call this, before the App has that screen.
        """
        if self.screen_stack:
            super().clear_selection()

    def switch_mode(self, mode: str) -> AwaitMount:
        """Show the screen of a mode, at once if it was there before."""
        self._was_there = mode in self._screen_stacks
        return super().switch_mode(mode)

    def delay_update(self, delay: float = 0.05) -> None:
        """Wait (seconds) so that a new screen is not seen while it is filled; one that was there before is full."""
        if not self._was_there:
            super().delay_update(delay)

    def _get_screen(self, screen: Screen[Any] | str) -> tuple[Screen[Any], AwaitMount]:
        """Return a screen, registered, with our compositor. A new one has just been styled: without this mark Textual
        parses every style sheet again for it, and styles all that is there.
        """
        shown, mounted = super()._get_screen(screen)
        if not isinstance(shown._compositor, LeanCompositor):
            # Nothing is laid out yet: its messages are not handled before this is.
            shown._compositor = LeanCompositor()
        if shown._css_update_count < 0:
            shown._css_update_count = self._css_update_count
        return shown, mounted

    async def _replace_screen(self, screen: Screen[Any]) -> Screen[Any]:
        """Let go of a closed screen: Textual keeps the lines of 1,024 widgets as keys of a cache of colours, a
        megabyte for each help that was opened and closed.
        """
        closed = await super()._replace_screen(screen)
        StylesCache.get_inner_outer.cache_clear()
        return closed

    def _prune(self, *nodes: Widget, parent: DOMNode | None = None) -> AwaitRemove:
        """Remove widgets. Of a closed screen nothing was a part of what is shown now, which Textual would lay out and
        draw twice more for it.
        """
        closed = all(isinstance(node, Screen) for node in nodes)
        return super()._prune(*nodes, parent=None if closed else parent)

    async def _ready(self) -> None:
        await super()._ready()
        self._begun = True
        asyncio.get_running_loop().set_exception_handler(self._report_of_loop)

    def _register_child(self, parent: DOMNode, child: Widget, before: int | None, after: int | None) -> None:
        catch_errors(child, self._handle_exception)
        super()._register_child(parent, child, before, after)

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            if not self._begun:
                raise
            self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        """Report an unexpected exception of a handler, a timer, a worker or a renderer: all come here.

        The App lives on, unless it could not even start. Textual would end it and print every local variable, tokens
        included, into the scrollback.
        """
        self.unexpected.report(error)
        self._fail_test(error)
        if not self._begun:
            self._close_messages_no_wait()

    def _fail_test(self, error: Exception) -> None:
        """Leave `error` where Textual's test pilot looks for it. Nothing else does."""
        if self._exception is None:
            self._exception = error
            self._exception_event.set()

    def _report_of_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Report an exception of a callback or a task of the event loop that nothing awaits."""
        error = context.get("exception")
        if isinstance(error, Exception):
            self._handle_exception(error)
        else:
            loop.default_exception_handler(context)

    def run_to_end(self) -> int:
        """Run until the person quits, and return the exit status. An unexpected end is reported in
        two lines on stderr.
        """
        self.run(mouse=False)
        if not self._exit:
            print(f"proximity-tui ended: {self.unexpected.last or 'the screens stopped'}", file=sys.stderr)
            print("Operations in progress are recorded. Start the program again to resume them.", file=sys.stderr)
            return CRASHED
        return self.return_code or 0
