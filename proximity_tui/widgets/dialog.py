"""A question in front of a screen: a title, some lines, and buttons of which the harmless one has the focus.

It returns an answer and does not act. The screen that asked decides the consequences.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from proximity_tui.core.base.text import plain
from proximity_tui.widgets.dialog_base import Answer, Dialog
from proximity_tui.widgets.line_button import LineButton
from proximity_tui.widgets.table.cells import Cell


@dataclass(frozen=True, slots=True)
class Button(Generic[Answer]):
    """One button: `id` identifies it in its dialog, `answer` is the dialog's result."""

    id: str
    label: str
    answer: Answer
    danger: bool = False
    disabled: bool = False


class Confirm(Dialog[Answer]):
    """A dialog that is dismissed with the `answer` of a choice, or of `cancel` by escape, `q` or its button.

    Cancel stands first and has the focus, so enter alone never does harm. At 40×10 the body scrolls and the buttons
    stay visible. Subclasses replace `compose_body` to ask for more, and `choose` to check or build the answer before
    they call `dismiss`.
    """

    DEFAULT_CSS = """
    Confirm {
        & > #dialog { width: 76; height: auto; padding: 0 1; }
        & #dialog-title { text-style: bold; height: auto; max-height: 2; }
        & #dialog-body { height: auto; margin: 1 0; scrollbar-size-vertical: 1; }
        & #dialog-body > Static { height: auto; }
        & #dialog-buttons { height: 1; align-horizontal: right; overflow-x: auto; scrollbar-size: 0 0; }
        & #dialog-buttons > LineButton { margin-left: 2; }
        & .-dim { color: $text-muted; }
        & .-good { color: $text-success; }
        & .-warn { color: $text-warning; text-style: bold; }
        & .-bad { color: $text-error; text-style: bold; }
        & .-accent { color: $text-accent; }
        &.-short #dialog-body { margin: 0; }
    }
    """
    AUTO_FOCUS = "#dialog-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "Cancel", id="dialog.cancel"),
        Binding("left,h", "app.focus_previous", "Previous", show=False, id="dialog.previous"),
        Binding("right,l", "app.focus_next", "Next", show=False, id="dialog.next"),
        Binding("up,k", "scroll_body(-1)", "Up", show=False, id="dialog.up"),
        Binding("down,j", "scroll_body(1)", "Down", show=False, id="dialog.down"),
        Binding("pageup", "scroll_body(-5)", "Page up", show=False, id="dialog.page_up"),
        Binding("pagedown", "scroll_body(5)", "Page down", show=False, id="dialog.page_down"),
    ]

    def __init__(
        self,
        title: str,
        lines: Sequence[str | Cell],
        choices: Sequence[Button[Answer]],
        *,
        cancel: Button[Answer],
    ) -> None:
        """Build the dialog. `lines` wrap as needed; a `Cell` gives its line a tone. `choices` follow `cancel` from left
        to right.
        """
        super().__init__()
        self._heading = plain(title)
        self._lines = tuple(line if isinstance(line, Cell) else Cell(line) for line in lines)
        self._cancel = cancel
        self._choices = {f"dialog-{choice.id}": choice for choice in choices}

    def compose_body(self) -> ComposeResult:
        """Yield the lines between title and buttons: one widget a line."""
        for line in self._lines:
            yield Static(Content(plain(line.text)), classes=f"-{line.tone}")

    def choose(self, choice: Button[Answer]) -> None:
        """Close with the answer of a button other than Cancel."""
        self.dismiss(choice.answer)

    def button(self, choice_id: str) -> LineButton:
        """Return the button of the choice with this id, for instance to disable it until a name is typed."""
        return self.query_one(f"#dialog-{choice_id}", LineButton)

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(Content(self._heading), id="dialog-title")
            with VerticalScroll(id="dialog-body", can_focus=False):
                yield from self.compose_body()
            # Not a HorizontalScroll: that would take the arrow keys for itself where the buttons do not fit.
            with Horizontal(id="dialog-buttons"):
                yield LineButton(self._cancel.label, id="dialog-cancel")
                for id, choice in self._choices.items():
                    yield LineButton(choice.label, id=id, danger=choice.danger, agrees=True, disabled=choice.disabled)

    def on_resize(self, event: events.Resize) -> None:
        short = event.size.height < 16
        self.set_class(short, "-short")
        # Without a limit the body would push the buttons out of the screen: border, title and buttons need five
        # lines, and a body that is not squeezed has a blank line above and below.
        self.query_one("#dialog-body").styles.max_height = max(1, event.size.height - (5 if short else 7))

    @on(LineButton.Pressed)
    def _pressed(self, event: LineButton.Pressed) -> None:
        event.stop()
        choice = self._choices.get(event.button.id or "")
        if choice is None:
            self.action_cancel()
        else:
            self.choose(choice)

    def action_cancel(self) -> None:
        self.dismiss(self._cancel.answer)

    def action_scroll_body(self, lines: int) -> None:
        self.query_one("#dialog-body").scroll_relative(y=lines, animate=False)
