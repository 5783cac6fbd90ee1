"""The change of a backup that is there: its form, and the dialog that carries it out. To protect it, or to take its
protection from it, there is nothing to fill in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import ClassVar

from proximity_tui.config.config_errors import Invalid
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.backup.backup_change_rules import check_request
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import Refusal
from proximity_tui.core.model.actions.backup_change import BackupChangePlan, BackupChangeRequest
from proximity_tui.screens.app.background_task import BackgroundTask, ShowsEnds
from proximity_tui.screens.presentation.operation_text import summary_lines
from proximity_tui.screens.request.form_dialog import FormDialog
from proximity_tui.screens.request.request_form import PlannedForm
from proximity_tui.screens.text.form import Field, read_fields
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.widgets.background_work import in_background


@value_object
class BackupChangeForm(PlannedForm[BackupChangeRequest, BackupChangePlan]):
    """A change that is asked for: of which backup, and what."""

    VERB: ClassVar[str] = "change"

    record: int
    volume: str
    protected: bool | None = None
    """What its protection is to be; None to change its note."""
    note: str = ""
    """Its note as it is listed: the first line."""

    @property
    def heading(self) -> str:
        """Return what is done, and with which backup."""
        return f"{self.agrees}: {self.volume}"

    @property
    def agrees(self) -> str:
        """The words of the button that agrees to the plan."""
        return {None: "Change the note", True: "Protect", False: "Unprotect"}[self.protected]

    @property
    def is_dangerous(self) -> bool:
        """True for a backup that a retention may remove afterwards."""
        return self.protected is False

    @property
    def fields(self) -> Sequence[Field]:
        """The note; nothing where only the protection is changed."""
        if self.protected is not None:
            return ()
        return (Field("note", "note", self.note, optional=True, hint="empty: no note"),)

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> BackupChangeRequest | dict[str, str]:
        def checked(field: Field, value: str) -> str:
            wrong = check_request(BackupChangeRequest(self.record, self.volume, note=value))
            if wrong:
                raise Invalid(wrong.reason)
            return value

        values, problems = read_fields(self.fields, typed, checked)
        note = values.get("note", "") if self.protected is None else None
        return problems or BackupChangeRequest(self.record, self.volume, self.protected, note)

    def plan(self, engine: Engine, request: BackupChangeRequest) -> BackupChangePlan | Refusal:
        """Return the plan of the change, or the refusal."""
        return engine.plan_backup_change(request)

    def plan_lines(self, plan: BackupChangePlan) -> list[TextLine]:
        """Return what is changed, and the steps."""
        return summary_lines(plan.summary, (step.reason for step in plan.steps), plan.warnings)


class BackupChangeDialog(ShowsEnds, FormDialog[BackupChangeRequest, BackupChangePlan]):
    """A dialog that carries the confirmed change out; what is refused or fails stays in sight."""

    def agree(self, plan: BackupChangePlan, request: BackupChangeRequest) -> None:
        """Carry the plan out."""
        self.busy = True
        controller = self.app.controller
        task = controller.begin(plan.summary, partial(controller.context.engine.change_backup, plan))
        self.show_end_of(task)
        in_background(self, partial(self._await_end, task, plan))

    async def _await_end(self, task: BackgroundTask, plan: BackupChangePlan) -> None:
        ended = await task.wait()
        if ended.success:
            self.app.show_message(f"Done: {plan.summary}.")
            self.dismiss()
        else:
            self.reject(ended.outcome)
