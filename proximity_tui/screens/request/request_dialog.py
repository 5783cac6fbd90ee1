"""The dialog for a request: a form, the plan of what was typed, a confirmation of exactly that plan, and its progress.
What is asked for is described by a `RequestForm`: a new container, a clone, a change.
"""

from __future__ import annotations

from collections.abc import Sequence

from proximity_tui.core.model import Plan
from proximity_tui.screens.operation.plan_dialogs import StartsPlan
from proximity_tui.screens.request.form_dialog import FormDialog
from proximity_tui.screens.request.request_form import R, RequestForm


class RequestDialog(FormDialog[R, Plan], StartsPlan):
    """A dialog that fills a form in, starts the confirmed plan, and becomes its progress view."""

    _request: RequestForm[R]

    def __init__(self, form: RequestForm[R]) -> None:
        super().__init__(form)

    @property
    def may_be_stale(self) -> bool:
        return super().may_be_stale and not self._begun

    def shown_plans(self) -> Sequence[Plan]:
        """Return the plan of what is filled in."""
        return () if self._plan is None else (self._plan,)

    def agree(self, plan: Plan, request: R) -> None:
        """Start the plan, once."""
        if not self._begun:
            label, engine = f"{self._verb} {plan.name}", self.app.controller.context.engine
            self.start_and_watch(plan, label, self._request.execute, engine, plan, request)
