"""One of several choices, `(*) Hard  destroy it`, as a line that takes the focus. It does not know its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from proximity_tui.core.base.text import plain
from proximity_tui.widgets.tones import tone_css


class ChoiceLine(Widget, can_focus=True):
    """A choice, chosen with enter or space; choosing is harmless, because a button executes it."""

    DEFAULT_CSS = """
    ChoiceLine {
        height: auto; width: 1fr;
        &:focus { text-style: bold reverse; }
        &:disabled { DISABLED }
        &:disabled:ansi { text-style: dim; }
    }
    """.replace("DISABLED", tone_css("dim"))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "choose", "Choose", show=False)]

    @dataclass
    class Chosen(Message):
        """The message that `line` was chosen."""

        line: ChoiceLine

    def __init__(self, name: str, label: str, *, id: str | None = None, square: bool = False) -> None:
        """Build the line; `name` identifies the choice. `square` is for one that stands alone and can be taken back:
        `[x]`.
        """
        super().__init__(name=name, id=id)
        self._label = plain(label)
        self._text = ""
        self._square = square
        self._chosen = False

    @property
    def chosen(self) -> bool:
        """True when it is chosen."""
        return self._chosen

    def show(self, text: str, *, chosen: bool, disabled: bool) -> None:
        """Set the text beside its label, and its state."""
        self.disabled = disabled
        if (text, chosen) != (self._text, self._chosen):
            self._text, self._chosen = plain(text), chosen
            self.refresh(layout=True)

    def render(self) -> Content:
        """Return sign, label, text."""
        signs = "[x]" if self._square else "(*)"
        sign = signs if self._chosen else "[ ]" if self._square else "( )"
        return Content(f"{sign} {self._label}  {self._text}")

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """Send the message that it was chosen."""
        self.post_message(self.Chosen(self))
