"""The layout of a dialog that acts: a frame in the middle, a body that scrolls when it must, and below it fields and
buttons that stay visible however small the terminal is. It does not know the question.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll

from proximity_tui.widgets.dialog_base import Dialog

SHORT = 16
"""Below so many lines a screen has none to spare for blank ones."""

WALKING: tuple[BindingType, ...] = (
    Binding("up,k", "app.focus_previous", "Previous", show=False),
    Binding("down,j", "app.focus_next", "Next", show=False),
)
"""For a sheet without a form: from one choice to the next as in a list."""


class FramedDialog(Dialog[None]):
    """A dialog with four parts: `compose_top`, `compose_body`, `compose_foot` and `compose_buttons`."""

    DEFAULT_CSS = """
    FramedDialog {
        & > Vertical { width: 100; height: auto; padding: 0 1; }
        & > Vertical > VerticalScroll { height: auto; scrollbar-size-vertical: 1; }
        & .buttons { height: 1; align-horizontal: right; }
        & LineButton { margin-left: 2; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "scroll_body(-4)", "Page up", show=False),
        Binding("pagedown", "scroll_body(4)", "Page down", show=False),
    ]
    APART: ClassVar[int] = 4
    """How many lines frame, top, foot and buttons may need; the body gets the others."""
    APART_SHORT: ClassVar[int | None] = None
    """The same where the screen is short, if that is fewer."""

    def compose(self) -> ComposeResult:
        """Yield top, body, foot, buttons."""
        with Vertical():
            yield from self.compose_top()
            with VerticalScroll(can_focus=False):
                yield from self.compose_body()
            yield from self.compose_foot()
            with Horizontal(classes="buttons"):
                yield from self.compose_buttons()

    def compose_top(self) -> ComposeResult:
        """Yield the part above the body."""
        yield from ()

    def compose_body(self) -> ComposeResult:
        """Yield the part that may be longer than the screen."""
        yield from ()

    def compose_foot(self) -> ComposeResult:
        """Yield the part between body and buttons."""
        yield from ()

    def compose_buttons(self) -> ComposeResult:
        """Yield the last line, from left to right."""
        yield from ()

    def on_resize(self) -> None:
        """Limit the body to the free space: without a limit it would push the buttons off the screen."""
        short = self.app.size.height < SHORT
        self.set_class(short, "-short")
        apart = self.APART_SHORT if short and self.APART_SHORT is not None else self.APART
        self.body.styles.max_height = max(1, self.app.size.height - apart)

    @property
    def body(self) -> VerticalScroll:
        """The part that scrolls."""
        return self.query_one(VerticalScroll)

    def action_scroll_body(self, lines: int) -> None:
        """Scroll the body."""
        self.body.scroll_relative(y=lines, animate=False)
