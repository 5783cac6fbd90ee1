"""The question whether something is to be taken back: what, by which steps, or why that cannot be.

The plan comes from a fresh look; what is agreed to is bound to it. Nothing is done before the button.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from proximity_tui.core.doctrine.undo.undo import UndoPlan
from proximity_tui.core.model import Event, Refusal
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.insight.undo import last_of_container, of_acknowledgement, plan_undo, undo, with_number
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.text.lines import Lines, TextLine
from proximity_tui.widgets.dialog import SCROLLS, Dialog
from proximity_tui.widgets.line_controls import LineButton


class UndoDialog(Dialog[None]):
    """A dialog that plans to take an event back, and does it after a yes."""

    DEFAULT_CSS = """
    UndoDialog {
        & > Frame { width: 90; }
    }
    """
    AUTO_FOCUS = "#undo-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "app.focus_previous", "Previous", show=False),
        Binding("right,l", "app.focus_next", "Next", show=False),
        *SCROLLS,
    ]

    app = getters.app(ControllerApp)

    def __init__(self, event: Callable[[], Event | Refusal]) -> None:
        """Take back what `event` finds; it may block and raise StoreError."""
        super().__init__()
        self._event = event
        self._planned: UndoPlan | Refusal | None = None
        self._trouble = ""

    def compose_body(self) -> ComposeResult:
        """Yield the plan."""
        yield Lines(id="undo-plan")

    def compose_buttons(self) -> ComposeResult:
        """Yield Cancel and the yes."""
        yield LineButton("Cancel", id="undo-cancel")
        yield LineButton("Take back", id="undo-go", agrees=True, disabled=True)

    def on_mount(self) -> None:
        """Find the event and plan."""
        self.show_title("Undo")
        self._show()
        self.run_worker(self._plan(), group="plan", exclusive=True)

    def press(self, button: LineButton) -> None:
        """Take it back; the end is a message."""
        plan, controller = self._planned, self.app.controller
        if isinstance(plan, UndoPlan):
            controller.begin(f"undo: {plan.summary}", undo, controller.session, plan)
            self.dismiss(None)

    async def _plan(self) -> None:
        controller = self.app.controller
        try:
            found = await controller.ask(self._event)
            self._planned = (
                found if isinstance(found, Refusal) else await controller.ask(plan_undo, controller.session, found)
            )
        except (StoreError, ProxmoxError) as error:
            self._trouble = str(error)
        self._show()

    @unless_unmounted
    def _show(self) -> None:
        self.query_one("#undo-plan", Lines).set_text(self._text())
        self.query_one("#undo-go", LineButton).disabled = not isinstance(self._planned, UndoPlan)

    def _text(self) -> list[TextLine]:
        if self._trouble:
            return [[(self._trouble, "bad")]]
        if self._planned is None:
            return [[("Reading what was done last.", "dim")]]
        if isinstance(self._planned, Refusal):
            return [[(self._planned.reason, "warn")], [("Nothing was done.", "dim")]]
        plan = self._planned
        lines: list[TextLine] = [[(plan.summary, "accent")], []]
        lines += [[(f"{number}. {step.reason}", "normal")] for number, step in enumerate(plan.steps, 1)]
        lines += [[(warning, "warn")] for warning in plan.warnings]
        return [*lines, [("Nothing changes on Proxmox.", "dim")]]


def event_of(container: int | None, event: int | None, alert: int | None) -> Callable[[], Event | Refusal]:
    """Return what finds the event that is meant; exactly one is given."""
    if event is not None:
        return partial(with_number, event)
    if alert is not None:
        return partial(of_acknowledgement, alert)
    assert container is not None, "something is to be taken back"
    return partial(last_of_container, container)
