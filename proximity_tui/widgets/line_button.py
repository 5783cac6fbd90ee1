"""A button of one line, `[ Cancel ]`, whose focus is seen without colours. What pressing it means is not known."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from proximity_tui.core.text import plain


class LineButton(Widget, can_focus=True):
    """Pressed with enter, space or a click; reversed where the focus is, dimmed where it is disabled."""

    DEFAULT_CSS = """
    LineButton {
        width: auto;
        height: 1;
        &.-danger { color: $text-error; text-style: bold; }
        &:focus { text-style: bold reverse; }
        &:disabled { color: $text-muted; text-style: none; }
        &:disabled:ansi { text-style: dim; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", "Press", show=False)]

    @dataclass
    class Pressed(Message):
        """`button` was pressed."""

        button: "LineButton"

        @property
        def control(self) -> "LineButton":
            """The button, so that `@on(..., "#id")` can tell buttons apart."""
            return self.button

    def __init__(self, label: str, *, danger: bool = False, id: str | None = None, disabled: bool = False) -> None:
        super().__init__(id=id, classes="-danger" if danger else None, disabled=disabled)
        self._text = f"[ {plain(label)} ]"

    def render(self) -> Content:
        return Content(self._text)

    def relabel(self, label: str) -> None:
        """Say something else from now on."""
        fresh = f"[ {plain(label)} ]"
        if fresh != self._text:
            self._text = fresh
            self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return cell_len(self._text)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_press()

    def action_press(self) -> None:
        self.post_message(self.Pressed(self))
