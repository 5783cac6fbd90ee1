"""A question in front of a screen: a title, some lines, and buttons of which the harmless one has the focus.

It returns an answer and does not act. The screen that asked decides the consequences.
"""

from collections.abc import Sequence
from typing import ClassVar, Generic

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from proximity_tui.core.base.advised_commands import as_called
from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.widgets.dialogs.dialog import SCROLLS, Dialog
from proximity_tui.widgets.dialogs.dialog_keys import MOVES_BETWEEN_BUTTONS
from proximity_tui.widgets.dialogs.one_answer import Answer
from proximity_tui.widgets.line_controls import LineButton
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.theme import STYLES


@value_object
class Button(Generic[Answer]):
    """One button: `id` identifies it in its dialog, `answer` is the dialog's result."""

    id: str
    label: str
    answer: Answer
    danger: bool = False
    disabled: bool = False


class Confirm(Dialog[Answer]):
    """A dialog that is dismissed with the `answer` of a choice, or of `cancel` by escape, `q` or its button.

    Cancel stands first and has the focus, so enter alone never does harm. Subclasses replace `compose_body` to ask for
    more, and `choose` to check or build the answer before they call `dismiss`.
    """

    DEFAULT_CSS = """
    Confirm {
        & > DialogBox { width: 76; }
        & #dialog-title, &.-short #dialog-title { max-height: 2; text-wrap: wrap; }
        & #dialog-body { margin: 1 0; }
        & #dialog-body > Static { height: auto; }
        &.-short #dialog-body { margin: 0; }
    }
    """
    AUTO_FOCUS = "#dialog-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [*MOVES_BETWEEN_BUTTONS, *SCROLLS]

    def __init__(
        self,
        title: str,
        lines: Sequence[str | Cell],
        choices: Sequence[Button[Answer]],
        *,
        cancel: Button[Answer],
    ) -> None:
        """`lines` wrap as needed; a `Cell` gives its line a tone. `choices` follow `cancel` from left to right."""
        super().__init__()
        self._question = title
        self._lines = tuple(line if isinstance(line, Cell) else Cell(line) for line in lines)
        self._cancel = cancel
        self._choices = {f"dialog-{choice.id}": choice for choice in choices}

    def compose_body(self) -> ComposeResult:
        """Yield one widget per line."""
        for line in self._lines:
            yield Static(Content.assemble((plain(as_called(line.text)), STYLES[line.tone])))

    def compose_buttons(self) -> ComposeResult:
        """Yield Cancel and the choices."""
        yield LineButton(self._cancel.label, id="dialog-cancel")
        for id, choice in self._choices.items():
            yield LineButton(choice.label, id=id, danger=choice.danger, agrees=True, disabled=choice.disabled)

    def on_mount(self) -> None:
        """Set the title."""
        self.show_title(self._question)

    def press(self, button: LineButton) -> None:
        """Choose what the button stands for."""
        self.choose(self._choices[button.id or ""])

    def choose(self, choice: Button[Answer]) -> None:
        """End with the answer of a button other than Cancel."""
        self.dismiss(choice.answer)

    def button(self, choice_id: str) -> LineButton:
        """Return the button of the choice with this id, for instance to disable it until a name is typed."""
        return self.query_one(f"#dialog-{choice_id}", LineButton)

    def action_cancel(self) -> None:
        """End with the answer of Cancel."""
        self.dismiss(self._cancel.answer)
