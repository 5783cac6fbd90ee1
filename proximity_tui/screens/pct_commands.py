"""The base of the dialogs that show a plan: one key copies it as lines for a shell on the node.

No terminal answers whether it took the text, so the lines are shown, too. Nothing of the plan is executed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from proximity_tui.core.base.secret import masked_text
from proximity_tui.core.doctrine.pct_commands.plan_lines import lines_by_hand
from proximity_tui.core.model import Plan
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.text.lines import Lines, TextLine
from proximity_tui.widgets.dialogs.dialog import SCROLLS, Answer, Dialog
from proximity_tui.widgets.line_controls import LineButton

_HELP = "Copy the plan as lines for a shell on the node."


class PlanDialog(Dialog[Answer]):
    """A dialog that shows plans. A subclass says which of them stand there now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("Y", "copy_plan", "as pct", tooltip=_HELP),
        # While a field is open a letter is text.
        Binding("alt+y", "copy_plan", "as pct", priority=True, tooltip=_HELP),
    ]

    def shown_plans(self) -> Sequence[Plan]:
        """Return the plans that are shown now, in their order."""
        return ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return False for the copy while no plan is shown."""
        idle = action == "copy_plan" and not self.shown_plans()
        return False if idle else super().check_action(action, parameters)

    def action_copy_plan(self) -> None:
        """Copy the lines of the plans that are shown, and show them."""
        self.app.push_screen(LinesDialog(self.shown_plans()))


class LinesDialog(Dialog[None]):
    """The lines of plans, which are in the clipboard, too, as far as the terminal takes them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("Y,alt+y,enter", "cancel", "Close", show=False),
        *SCROLLS,
    ]

    app = getters.app(ControllerApp)

    def __init__(self, plans: Sequence[Plan]) -> None:
        super().__init__()
        self._lines = [masked_text(line, leaving=False) for plan in plans for line in lines_by_hand(plan)]

    def compose_body(self) -> ComposeResult:
        """Yield the lines."""
        yield Lines(id="by-hand-lines")

    def compose_foot(self) -> ComposeResult:
        """Yield what became of the copy."""
        yield Lines(id="by-hand-copied")

    def compose_buttons(self) -> ComposeResult:
        """Yield Close."""
        yield LineButton("Close", id="by-hand-close")

    def on_mount(self) -> None:
        """Copy the lines, and say so."""
        self.show_title("The same by hand. Nothing was done.")
        shown: list[TextLine] = [[(line, "dim" if line.startswith("#") else "normal")] for line in self._lines]
        self.query_one("#by-hand-lines", Lines).set_text(shown)
        told = self.app.copy("\n".join(self._lines) + "\n", called="these lines")
        self.query_one("#by-hand-copied", Lines).set_text([[(told, "dim")]])
