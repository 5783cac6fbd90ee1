"""The box of a dialog: children from top to bottom, of which only one gives way on a small screen, and among them the
messages that come while it is open."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Protocol, runtime_checkable

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.layouts.vertical import VerticalLayout
from textual.widget import Widget
from textual.widgets import Static

from proximity_tui.widgets.theme import STYLES

BODY = "dialog-body"
"""The id of the child that gives way."""


class DialogBox(Vertical):
    """Children from top to bottom. Where they do not fit, the one called `BODY` gets lower, to one line at least."""

    @property
    def layout(self) -> Layout:
        """The layout of its children; styles know only those of Textual, by name."""
        return _BODY_GIVES_WAY


class DialogBody(VerticalScroll, inherit_bindings=False):
    """The child that gives way, where it is only read. It has a scrollbar only where there is something to scroll.

    It takes no key: where it is too long for the screen, up and down would scroll it instead of moving among choices.
    """

    def _refresh_scrollbars(self) -> None:
        super()._refresh_scrollbars()
        # Once Textual 8.2.8 shows it, the lines are a cell shorter and may need one line more: then it stays, for
        # itself alone, and the beginning is out of sight on any screen.
        if self.show_vertical_scrollbar and self._fits_without_scrollbar():
            self.show_vertical_scrollbar = self.vertical_scrollbar.display = False

    def _fits_without_scrollbar(self) -> bool:
        width, height = self.container_size
        return self.get_content_height(self.container_size, self.app.size, width) <= height


class _BodyGivesWay(VerticalLayout):
    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        placements = list(super().arrange(parent, children, size, greedy))
        # Without a height it is only measured how much room there should be.
        excess = max((one.region.bottom + one.margin.bottom for one in placements), default=0) - size.height
        body = next((one for one in placements if one.widget.id == BODY), None)
        if size.height <= 0 or excess <= 0 or body is None:
            return placements
        lost = min(excess, max(0, body.region.height - 1))
        return [_moved(one, body, lost) for one in placements]


_BODY_GIVES_WAY = _BodyGivesWay()


@runtime_checkable
class StaysInSight(Protocol):
    """An App with lines that no dialog may cover, and messages that may cover no dialog."""

    def in_sight(self) -> Iterable[Widget]:
        """Return these lines, made again for a dialog: they lie at its top."""

    def make_room(self) -> None:
        """Take away the messages that would hide what a dialog asks."""


@runtime_checkable
class ShowsMessages(Protocol):
    """An App that tells how something went."""

    def show_message(self, text: str, *, bad: bool = False) -> None:
        """Show a message wherever there is room for it."""


class DialogMessages(Static):
    """The messages of the last seconds, the newest first. What a dialog that closes has just shown is shown again."""

    DEFAULT_CSS = "DialogMessages { height: auto; max-height: 4; display: none; }"

    def __init__(self) -> None:
        super().__init__()
        self._messages: list[tuple[str, bool]] = []
        self._about_dialog: set[str] = set()

    def add(self, text: str, *, bad: bool, about_dialog: bool = False) -> None:
        """Show one more message for as long as a toast is shown; the same again takes the place of the one before. One
        that is only about this dialog is not handed on.
        """
        message = (text, bad)
        if about_dialog:
            self._about_dialog.add(text)
        self._messages = [message, *(one for one in self._messages if one[0] != text)]
        self._show()
        self.set_timer(self.app.NOTIFICATION_TIMEOUT, partial(self._forget, message))

    def on_unmount(self) -> None:
        """Hand on what was hardly shown. Not at the end of the program, when this dialog is still the last screen."""
        if isinstance(self.app, ShowsMessages) and self.app.screen_stack and self.app.screen is not self.screen:
            for text, bad in reversed(self._messages):
                if text not in self._about_dialog:
                    self.app.show_message(text, bad=bad)

    def _forget(self, message: tuple[str, bool]) -> None:
        self._messages = [one for one in self._messages if one is not message]
        self._show()

    def _show(self) -> None:
        lines = (Content.assemble((text, STYLES["bad" if bad else "accent"])) for text, bad in self._messages)
        self.display = bool(self._messages)
        self.update(Content("\n").join(lines))


def _moved(placement: WidgetPlacement, body: WidgetPlacement, lost: int) -> WidgetPlacement:
    """Return the placement after the body has lost so many lines."""
    region = placement.region
    if placement is body:
        return placement._replace(region=region._replace(height=region.height - lost))
    below = region.y >= body.region.bottom
    return placement._replace(region=region._replace(y=region.y - lost)) if below else placement
