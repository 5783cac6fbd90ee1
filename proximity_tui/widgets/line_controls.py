"""Controls of one line that take the focus, visible without colours: a field, a button, one of several choices.

None knows its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from textual import events
from textual._time import get_time
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.strip import Strip
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input

from proximity_tui.core.base.advised_commands import as_called
from proximity_tui.core.base.text import plain
from proximity_tui.widgets.theme import tone_css
from proximity_tui.widgets.wrapping import wrapped


class LineInput(Input):
    """A field of one line, without a border. Its cursor does not blink: an idle screen writes nothing. A line where
    nothing is typed shows how far it goes, whatever colours there are.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"field--blank"}
    # In the colours of the terminal Textual's cursor is black on black, and what is selected only has a colour.
    DEFAULT_CSS = """
    LineInput {
        background: $panel;
        &:focus { text-style: bold; }
        & > .field--blank { color: $border; text-style: underline; }
        &:ansi > .field--blank { background: ansi_default; }
        &:ansi > .input--cursor, &:ansi > .input--selection {
            color: ansi_default; background: ansi_default; text-style: reverse;
        }
    }
    """

    virtual_size: Reactive[Size] = Reactive(Size(0, 0))
    """The size of what is typed. It never changes the size of the field, so a letter lays no screen out again."""

    def __init__(
        self,
        value: str = "",
        *,
        id: str | None = None,
        max_length: int = 0,
        password: bool = False,
        placeholder: str = "",
        suggester: Suggester | None = None,
        select_on_focus: bool = True,
    ) -> None:
        super().__init__(
            value,
            placeholder,
            id=id,
            compact=True,
            max_length=max_length,
            password=password,
            suggester=suggester,
            select_on_focus=select_on_focus,
        )
        self.cursor_blink = False

    def render_line(self, y: int) -> Strip:
        """Return the text, and behind it a line to the end of the field."""
        strip = super().render_line(y)
        typed = _without_blanks(strip, self.rich_style.bgcolor)
        rest = " " * max(0, self.size.width - typed)
        blank = Strip([Segment(rest, self.get_component_rich_style("field--blank"))], len(rest))
        return Strip.join([strip.crop(0, typed), blank])

    def on_key(self, event: events.Key) -> None:
        """Leave a key with alt to whoever is bound to it: Textual gives alt+d the character d, too."""
        if "alt+" in event.key:
            event.prevent_default()


def _without_blanks(strip: Strip, background: Color | None) -> int:
    """Return the cells up to the last one that shows anything: a character, or the cursor, which looks different."""
    segments = list(strip)
    while segments and _is_blank(segments[-1], background):
        segments.pop()
    return sum(segment.cell_length for segment in segments)


def _is_blank(segment: Segment, background: Color | None) -> bool:
    style = segment.style
    return not segment.text.strip() and (style is None or (not style.reverse and style.bgcolor in (None, background)))


class LineButton(Widget, can_focus=True):
    """A button, pressed with enter, space or a click; reversed when focused, dimmed when disabled."""

    DEFAULT_CSS = """
    LineButton {
        width: auto;
        height: 1;
        &.-danger { DANGER }
        &:focus { text-style: bold reverse; }
        &:disabled { DISABLED }
        &:disabled:ansi { text-style: dim; }
    }
    """.replace("DANGER", tone_css("bad")).replace("DISABLED", tone_css("dim", "none"))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", "Press", show=False)]

    @dataclass
    class Pressed(Message):
        """The message that `button` was pressed."""

        button: LineButton

        @property
        def control(self) -> LineButton:
            """The button, so that `@on(..., "#id")` can tell buttons apart."""
            return self.button

    def __init__(
        self,
        label: str,
        *,
        danger: bool = False,
        agrees: bool = False,
        id: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Build the button. `agrees` says that it confirms the shown text, so a key typed before it could be pressed
        does nothing.
        """
        super().__init__(id=id, classes="-danger" if danger else None, disabled=disabled)
        self.label = plain(label)
        self.agrees = agrees
        self._offered_at = self._typed_at = get_time()

    def render(self) -> Content:
        return Content(f"[ {self.label} ]")

    def relabel(self, label: str) -> None:
        """Show another label from now on."""
        fresh = plain(label)
        if fresh != self.label:
            self.label = fresh
            self._offered_at = get_time()
            self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return cell_len(f"[ {self.label} ]")

    def watch_disabled(self, disabled: bool) -> None:
        """Remember when the button can be pressed: older keys do not count."""
        super().watch_disabled(disabled)
        self._offered_at = get_time()

    def on_key(self, event: events.Key) -> None:
        """Remember when the key was typed that may press it; over a slow line it may have waited since."""
        self._typed_at = event.time

    def on_click(self, event: events.Click) -> None:
        event.stop()
        # The second click of a double click was meant for what stood here at the first.
        if not (self.agrees and event.chain > 1):
            self.post_message(self.Pressed(self))

    def agree(self, typed_at: float) -> None:
        """Press the button by a key of its dialog, unless that was typed before it could be pressed."""
        if not self.disabled and typed_at >= self._offered_at:
            self.post_message(self.Pressed(self))

    def action_press(self) -> None:
        """Press the button, unless it would confirm a text that was not shown yet when the key was typed."""
        if not (self.agrees and self._typed_at < self._offered_at):
            self.post_message(self.Pressed(self))


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
        shown = plain(as_called(text))
        if (shown, chosen) != (self._text, self._chosen):
            self._text, self._chosen = shown, chosen
            self.refresh(layout=True)

    def render(self) -> Content:
        """Return sign, label, text; where they need several lines, all but the first begin below the label."""
        return Content("\n".join(self._wrapped(self.content_size.width)))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._wrapped(width))

    def _wrapped(self, width: int) -> list[str]:
        signs = "[x]" if self._square else "(*)"
        sign = signs if self._chosen else "[ ]" if self._square else "( )"
        line = f"{sign} {self._label}  {self._text}"
        if width <= 0 or cell_len(line) <= width or self.styles.text_wrap == "nowrap":
            return [line]
        return wrapped(line, width, 4)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """Send the message that it was chosen."""
        self.post_message(self.Chosen(self))
