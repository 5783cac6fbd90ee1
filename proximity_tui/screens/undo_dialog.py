"""The question whether something is to be taken back: what, by which steps, or why that cannot be.

The plan comes from a fresh look; what is agreed to is bound to it. Nothing is done before the button.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.undo.undo_rules import UndoPlan
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import Event, Refusal
from proximity_tui.insight.undo_answer import last_of_container, of_acknowledgement, plan_undo, undo, with_number
from proximity_tui.runtime.context import AppContext
from proximity_tui.screens.request.form_dialog import FormDialog
from proximity_tui.screens.request.request_form import PlannedForm
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.widgets.dialogs.dialog import SCROLLS

FindEvent = Callable[[], Event | Refusal]
"""What finds the event that is taken back; it may block and raise StoreError."""


@value_object
class UndoForm(PlannedForm[FindEvent, UndoPlan]):
    """An event that is to be taken back. Nothing has to be typed."""

    VERB: ClassVar[str] = "undo"

    context: AppContext
    find: FindEvent
    known: Sequence[TextLine] = ([("Reading what was done last.", "dim")],)

    @property
    def heading(self) -> str:
        """Return the title."""
        return "Undo"

    @property
    def agrees(self) -> str:
        """The words of the button that agrees to the plan."""
        return "Take back"

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> FindEvent:
        """Return what finds the event."""
        return self.find

    def plan(self, engine: Engine, request: FindEvent) -> UndoPlan | Refusal:
        """Return the plan that takes the event back."""
        found = request()
        return found if isinstance(found, Refusal) else plan_undo(self.context, found)

    def plan_lines(self, plan: UndoPlan) -> list[TextLine]:
        """Return what is taken back, and the steps."""
        lines: list[TextLine] = [[(plan.summary, "accent")], []]
        lines += [[(f"{number}. {step.reason}", "normal")] for number, step in enumerate(plan.steps, 1)]
        lines += [[(warning, "warn")] for warning in plan.warnings]
        return [*lines, [("Nothing changes on Proxmox.", "dim")]]


class UndoDialog(FormDialog[FindEvent, UndoPlan]):
    """A dialog that plans to take an event back, and does it after a yes."""

    DEFAULT_CSS = "UndoDialog > DialogBox { width: 90; }"
    BINDINGS: ClassVar[list[BindingType]] = [*SCROLLS]

    def agree(self, plan: UndoPlan, request: FindEvent) -> None:
        """Take it back, once; the end is a message."""
        self.busy = True
        controller = self.app.controller
        controller.begin(f"undo: {plan.summary}", undo, controller.context, plan)
        self.dismiss(None)


def event_of(container: int | None, event: int | None, alert: int | None) -> FindEvent:
    """Return what finds the event that is meant; exactly one is given."""
    if event is not None:
        return partial(with_number, event)
    if alert is not None:
        return partial(of_acknowledgement, alert)
    assert container is not None, "something is to be taken back"
    return partial(last_of_container, container)
