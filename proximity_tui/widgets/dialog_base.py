"""The base of every dialog: a frame in front of a screen that is answered once and then gone.

It does not know the question; a subclass defines the layout inside the frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from textual import events, on
from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

from proximity_tui.widgets.glyphs import glyphs

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A dialog, closed by `dismiss`, or replaced by another screen by `become`. Only the first of them counts.

    An answer may come at any time: a key that comes twice, a worker that ends after the person has left, or while
    another screen lies on top. The dialog then leaves as soon as nothing lies on it any more.
    """

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        & > Vertical { max-width: 100%; max-height: 100%; border: round $border; background: $surface; }
    }
    """.replace("round $border", f"{glyphs().frame} $border")

    _answered = False
    _leave: Callable[[], AwaitComplete] | None = None
    """How it leaves, once it is answered and as long as it has not left."""

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with this answer, unless there is one already."""
        close = super().dismiss
        return self._answer(lambda: close(result))

    def become(self, screen: Screen[Any]) -> None:
        """Show `screen` in the place of this dialog, unless it is answered already."""
        self._answer(lambda: self.app.switch_screen(screen))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Ignore every key in a dialog that is answered."""
        return False if self._answered else super().check_action(action, parameters)

    def _answer(self, leave: Callable[[], AwaitComplete]) -> AwaitComplete:
        if self._answered:
            return AwaitComplete()
        self._answered, self._leave = True, leave
        return self._leave_from_the_top()

    @on(events.ScreenResume)
    def _on_top_again(self) -> None:
        self._leave_from_the_top()

    def _leave_from_the_top(self) -> AwaitComplete:
        leave = self._leave
        if leave is None or not self.app.screen_stack or not self.is_current:
            return AwaitComplete()
        self._leave = None
        return leave()
