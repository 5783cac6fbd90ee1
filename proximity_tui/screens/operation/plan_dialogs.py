"""The bases of the dialogs that carry a plan out: it is started once, and the dialog becomes its progress view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, ParamSpec

from textual import getters, on
from textual.widgets import Input

from proximity_tui.core.engine.operations.outcome import Outcome
from proximity_tui.core.model import Plan, Refusal
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.by_hand.dialog import PlanDialog
from proximity_tui.screens.operation.progress import ProgressDialog
from proximity_tui.widgets.line_controls import LineButton

P = ParamSpec("P")


class StartsPlan(PlanDialog[None]):
    """A dialog that starts the plan a person agreed to. A second enter in the queue starts nothing."""

    app = getters.app(ControllerApp)

    def __init__(self) -> None:
        super().__init__()
        self._begun = False
        """Whether a plan was started."""

    def start(self, label: str, work: Callable[P, Outcome], *args: P.args, **kwargs: P.kwargs) -> BackgroundTask:
        """Start `work` as the task `label`, from when on nothing else is started; return the task."""
        self._begun = True
        return self.app.controller.begin(label, work, *args, **kwargs)

    def start_and_watch(
        self, plan: Plan, label: str, work: Callable[P, Outcome], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Start `work`, which executes `plan`, and become its progress view."""
        self.become(ProgressDialog(plan, self.start(label, work, *args, **kwargs)))


class StartsTypedPlan(StartsPlan):
    """A dialog with one plan that is started once a name was typed. A subclass draws it in `_show`."""

    GO: ClassVar[str]
    """The selector of the button that starts it."""

    def __init__(self) -> None:
        super().__init__()
        self._planned: Plan | Refusal | None = None

    def shown_plans(self) -> Sequence[Plan]:
        """Return the plan, if there is one."""
        return (self._planned,) if isinstance(self._planned, Plan) else ()

    def _show(self) -> None:
        raise NotImplementedError

    @on(Input.Changed)
    def _typed(self) -> None:
        self._show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Move the focus on from the field; enter there does nothing itself."""
        go = self.query_one(self.GO, LineButton)
        if not go.disabled:
            go.focus()
