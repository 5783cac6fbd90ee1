"""The base of every dialog: a frame in front of a screen. From top to bottom it has a title, a body that scrolls where
the screen is small, a foot, and a line of buttons. How it takes its answer is in `one_answer`.

It does not know what is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from proximity_tui.core.base.text import plain
from proximity_tui.widgets.dialogs.dialog_box import BODY, DialogBody, DialogBox, DialogMessages, StaysInSight
from proximity_tui.widgets.dialogs.dialog_fields import erase, insert, is_displayed
from proximity_tui.widgets.dialogs.dialog_keys import NEXT, PREVIOUS, DialogKeys, keys_of
from proximity_tui.widgets.dialogs.one_answer import Answer, OneAnswer
from proximity_tui.widgets.glyphs import glyphs
from proximity_tui.widgets.line_controls import LineButton
from proximity_tui.widgets.theme import SHORT, tone_css

__all__ = ["BODY", "MOVES_FOCUS", "SCROLLS", "Answer", "Dialog", "DialogBox"]

MOVES_FOCUS: tuple[BindingType, ...] = (
    Binding("up,k", "app.focus_previous", "Previous", show=False, tooltip=PREVIOUS),
    Binding("down,j", "app.focus_next", "Next", show=False, tooltip=NEXT),
)
"""Keys of a dialog whose body is a list of choices."""

SCROLLS: tuple[BindingType, ...] = (
    Binding("up,k", "scroll_body(-1)", "Up", show=False, id="dialog.up"),
    Binding("down,j", "scroll_body(1)", "Down", show=False, id="dialog.down"),
)
"""Keys of a dialog whose body is only read."""


class Dialog(OneAnswer[Answer]):
    """To be filled by `compose_top`, `compose_body`, `compose_foot` and `compose_buttons`."""

    DEFAULT_CSS = (
        """
    Dialog {
        align: center middle;
        & > DialogBox {
            width: 100; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
            border: round $border; background: $surface;
        }
        & #dialog-title { height: auto; max-height: 3; TITLE display: none; }
        & > DialogBox > VerticalScroll { height: auto; scrollbar-size-vertical: 1; }
        & #dialog-buttons { height: 1; align-horizontal: right; overflow-x: auto; scrollbar-size: 0 0; }
        & DialogKeys { DIM }
        & LineButton { margin-left: 2; }
        &.-short, &.-short:ansi { background: $background; }
        &.-short > DialogBox { border: none; padding: 0 1; }
        &.-short #dialog-title { max-height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """.replace("round $border", f"{glyphs().frame} $border")
        .replace("TITLE", tone_css("accent", "bold"))
        .replace("DIM", tone_css("dim"))
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "Cancel", show=False, id="dialog.cancel"),
        Binding("question_mark,f1", "help", "Show these keys", show=False, id="dialog.help"),
        Binding("left", "app.focus_previous", "Previous", show=False, tooltip=PREVIOUS),
        Binding("right", "app.focus_next", "Next", show=False, tooltip=NEXT),
        Binding("pageup", "scroll_page(-1)", "Page up", show=False, id="dialog.page_up"),
        Binding("pagedown", "scroll_page(1)", "Page down", show=False, id="dialog.page_down"),
    ]

    _title_text = ""
    _field: Input | None = None
    """The field that was typed into last."""
    _in_sight: tuple[Widget, bool] | None = None
    """What stays in sight when the screen changes its size, and whether at the top."""
    _is_agreed_to = False
    """Whether anything was begun: from then on nobody is told that nothing was done, whatever came of it."""
    typed_at = 0.0
    """When the last key was typed; over a slow line it may have waited since."""

    @dataclass
    class HelpAsked(Message):
        """The message that somebody wants to know the keys of `dialog`."""

        dialog: Dialog[Any]

    @on(events.Mount)
    def _make_room(self) -> None:
        if isinstance(self.app, StaysInSight):
            self.app.make_room()

    def compose(self) -> ComposeResult:
        """Yield what stays in sight, and title, top, body, foot and buttons, in a frame."""
        if isinstance(self.app, StaysInSight):
            yield from self.app.in_sight()
        with DialogBox(id="dialog"):
            yield Static(id="dialog-title")
            yield from self.compose_top()
            yield from self.compose_scroll()
            yield from self.compose_foot()
            yield DialogMessages()
            buttons = list(self.compose_buttons())
            if buttons:
                # Not a HorizontalScroll: that would take the arrow keys for itself where the buttons do not fit.
                yield Horizontal(DialogKeys(), *buttons, id="dialog-buttons")

    def compose_top(self) -> ComposeResult:
        """Yield what stays between title and body."""
        yield from ()

    def compose_scroll(self) -> ComposeResult:
        """Yield the widget that gives way on a small screen; its id is `BODY`."""
        with DialogBody(id=BODY, can_focus=False):
            yield from self.compose_body()

    def compose_body(self) -> ComposeResult:
        """Yield what may be longer than the screen."""
        yield from ()

    def compose_foot(self) -> ComposeResult:
        """Yield what stays between body and buttons."""
        yield from ()

    def compose_buttons(self) -> ComposeResult:
        """Yield the buttons from left to right. The first one leads out of the dialog and does no harm."""
        yield from ()

    def press(self, button: LineButton) -> None:
        """Do what a button stands for, other than the first one."""

    def is_yes(self, button: LineButton) -> bool:
        """Return whether a button that is pressed now begins what was asked about."""
        return button.agrees

    def show_title(self, text: str) -> None:
        """Say in the first line what the dialog is about; the same again paints nothing."""
        fresh = plain(text)
        if fresh != self._title_text:
            self._title_text = fresh
            title = self.query_one("#dialog-title", Static)
            title.display = bool(fresh)
            title.update(Content(fresh))

    def take_message(self, text: str, *, bad: bool, about_dialog: bool = False) -> bool:
        """Show a message for some seconds; return False where this is not filled yet, or not any more."""
        for messages in self.query(DialogMessages):
            messages.add(text, bad=bad, about_dialog=about_dialog)
            return True
        return False

    @property
    def body(self) -> Widget:
        """The part that gives way."""
        return self.query_one(f"#{BODY}")

    def bring_into_sight(self, widget: Widget, *, top: bool = False) -> None:
        """Scroll to what was just shown, filled in or focused, with `top` to the beginning of it; there it stays when
        the screen changes its size.
        """
        self._in_sight = (widget, top)
        # What changed asks for a layout by a message, after which the scrolling may be over: one is asked for now.
        self.refresh(layout=True)
        self.call_after_refresh(self._scroll_to_it)

    def _scroll_to_it(self) -> None:
        if self._in_sight is not None and self._in_sight[0].is_attached:
            widget, top = self._in_sight
            widget.scroll_visible(animate=False, top=top)

    def action_scroll_body(self, lines: int) -> None:
        """Move what is too long for the screen."""
        self.body.scroll_relative(y=lines, animate=False)

    def action_scroll_page(self, pages: int) -> None:
        """Move by pages, of which each has a line of the one before."""
        self.action_scroll_body(pages * max(1, self.body.size.height - 1))

    def action_cancel(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Ask for the keys of this dialog to be shown."""
        self.post_message(self.HelpAsked(self))

    def is_text(self, character: str) -> bool:
        """Return whether a character belongs into a field although none has the focus; it is no command then."""
        return True

    @property
    def open_fields(self) -> list[Input]:
        """The fields that can be typed into now. While there is one, letters are text and no commands."""
        return [field for field in self.walk_children(Input) if not field.disabled and is_displayed(field)]

    def show_keys(self) -> None:
        """Show the keys that this dialog obeys now, beside its buttons."""
        for line in self.query(DialogKeys):
            line.show(keys_of(self))

    def on_key(self, event: events.Key) -> None:
        """Do with the last field what was typed beside the open ones: append a character, or erase one by backspace.
        Space presses what has the focus.
        """
        self.typed_at = event.time
        character, fields = event.character or "", self.open_fields
        if not fields or isinstance(self.focused, Input):
            return
        field = self._field if self._field in fields else fields[0]
        if event.key == "backspace" and self.is_text("\b"):
            event.stop()
            erase(field)
        # Textual gives alt+p the character p, too.
        elif character.isprintable() and character.strip() and "+" not in event.key and self.is_text(character):
            event.stop()
            insert(field, character)

    @on(events.DescendantFocus)
    def _focus_moved(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, Input):
            self._field = event.widget
        if any(node.id == BODY for node in event.widget.ancestors):
            self._in_sight = (event.widget, False)
        self.show_keys()

    @on(LineButton.Pressed)
    def _pressed(self, event: LineButton.Pressed) -> None:
        event.stop()
        first, *others = self.query(LineButton)
        if event.button is not first:
            self._is_agreed_to |= self.is_yes(event.button)
            self.press(event.button)
            return
        says_so = first.label == "Cancel" and not self._is_agreed_to
        self.action_cancel()
        if self._answered and says_so and any(one.agrees and not one.disabled for one in others):
            self.take_message("Cancelled: nothing was done.", bad=False)

    @on(events.Resize)
    def _resized(self) -> None:
        self.set_class(self.app.size.height < SHORT, "-short")
        self.show_keys()
        self.call_after_refresh(self._scroll_to_it)
