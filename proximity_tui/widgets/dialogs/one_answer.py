"""A screen in front of another one that takes one answer and leaves, however many come and whenever they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from textual import events, on
from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

Answer = TypeVar("Answer")


class OneAnswer(ModalScreen[Answer]):
    """Closed by `dismiss`, or replaced by another screen by `become`. The first of them counts, others do nothing.

    Whoever answers may do so at any time: a key that comes twice, a worker that ends after the person has left, or
    while something else lies on top. The screen then leaves as soon as nothing lies on it any more.
    """

    _answered = False
    _leave: Callable[[], AwaitComplete] | None = None
    """How it leaves, once it is answered and as long as it has not left."""

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with this answer, unless there is one already."""
        close = super().dismiss
        return self._answer(lambda: close(result))

    def become(self, screen: Screen[Any]) -> None:
        """Show `screen` in its place, unless it is answered already."""
        self._answer(lambda: self.app.switch_screen(screen))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return False for every action of a screen that is answered."""
        return False if self._answered else super().check_action(action, parameters)

    def _answer(self, leave: Callable[[], AwaitComplete]) -> AwaitComplete:
        if self._answered:
            return AwaitComplete()
        self._answered, self._leave = True, leave
        return self._leave_from_the_top()

    @on(events.ScreenResume)
    def _on_top_again(self, event: events.ScreenResume) -> None:
        # All of it was styled when it was mounted, and the App styles what is shown after a change of theme.
        event.refresh_styles = False
        self._leave_from_the_top()

    def _leave_from_the_top(self) -> AwaitComplete:
        leave = self._leave
        if leave is None or not self.app.screen_stack or not self.is_current:
            return AwaitComplete()
        self._leave = None
        return leave()
