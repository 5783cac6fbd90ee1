"""The dialog for an operation that lost its process: resume, abandon, decide later. Nothing starts unasked."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.base.text import plain
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.doctrine.actions.sent_requests import is_unanswered, without_requests
from proximity_tui.core.engine.operations.recovery import progress_sentence
from proximity_tui.core.model import Operation, Refusal, StepName
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.presentation.operation_text import DOING
from proximity_tui.screens.text.lines import Lines
from proximity_tui.screens.text.typed_row import TypedRow
from proximity_tui.screens.view.view import View
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.dialogs.confirm_dialog import Button, Confirm
from proximity_tui.widgets.table.cells import Cell

SETTLED = "It is no longer interrupted: it was resumed or abandoned elsewhere, so only Later is possible."


def ask_next(app: ControllerApp, operations: Sequence[Operation]) -> None:
    """Ask about the first of these operations, and after the answer about the rest. "Later" leaves them all."""
    if not operations:
        return
    operation, *rest = operations

    def answered(answer: InterruptedAnswer | None) -> None:
        engine, controller = app.controller.context.engine, app.controller
        if answer is InterruptedAnswer.RESUME:
            controller.begin(f"resume {_doing(operation)}", engine.resume, operation.id, operation)
        elif answer is InterruptedAnswer.ABANDON:
            controller.begin(f"abandon {_doing(operation)}", engine.abandon, operation.id, operation)
        elif answer is InterruptedAnswer.DESTROY_AGAIN:
            app.push_screen(DestroyAgainDialog(operation), again)
            return
        if answer not in (None, InterruptedAnswer.LATER):
            ask_next(app, rest)

    def again(agreed: bool | None) -> None:
        if not agreed:
            ask_next(app, operations)
            return
        label, engine = f"resume {_doing(operation)}", app.controller.context.engine
        app.controller.begin(label, engine.resume, operation.id, operation, destroy_again=True)
        ask_next(app, rest)

    app.push_screen(InterruptedDialog(operation, app, len(rest)), answered)


class InterruptedAnswer(StrEnum):
    """The answers about an interrupted operation. Each is also the name of its button."""

    RESUME = "resume"
    ABANDON = "abandon"
    DESTROY_AGAIN = "again"
    """Resume, and send a destroy without an answer once more."""
    LATER = "later"


class InterruptedDialog(Confirm[InterruptedAnswer]):
    """A dialog that returns the choice of a person. It also shows the guest that is at the VMID now, once inspected."""

    def __init__(self, operation: Operation, app: ControllerApp, more: int) -> None:
        self._operation = operation
        self._controller = app.controller
        self._is_settled = False
        """Whether another process took it up, or it has an end, while this stands open."""
        known = operation.cluster in app.controller.clusters
        why_not = None if known else app.controller.context.settings.why_not_contacted(operation.cluster)
        again = [Button("again", "Destroy again", InterruptedAnswer.DESTROY_AGAIN, danger=True, disabled=not known)]
        super().__init__(
            f"Interrupted: {_doing(operation)}",
            _lines(operation, more, why_not),
            [
                Button("abandon", "Abandon", InterruptedAnswer.ABANDON, disabled=not known),
                Button("resume", "Resume", InterruptedAnswer.RESUME, disabled=not known),
                *(again if _lost_destroy(operation) else []),
            ],
            cancel=Button("later", "Later", InterruptedAnswer.LATER),
        )

    def compose_body(self) -> ComposeResult:
        """Yield the lines, and below them the guest that is there now."""
        yield from super().compose_body()
        yield Lines(id="interrupted-now")

    def on_mount(self) -> None:
        """Inspect the guest, where its cluster is known, and hear when nobody needs to decide any more."""
        self._controller.changed.subscribe(self, self._view_changed)
        if self._operation.vmid is not None and self._operation.cluster in self._controller.clusters:
            self._show_now(f"CT {self._operation.vmid} now: inspecting it ...", "dim")
            in_background(self, self._inspect)
        # It may have waited behind the question about another one.
        self._view_changed(self._controller.view)

    @unless_unmounted
    def _view_changed(self, view: View) -> None:
        if not self._is_settled and not any(one.id == self._operation.id for one in view.interrupted):
            self._is_settled = True
            self.query_one("#interrupted-now", Lines).set_text([[(SETTLED, "warn")]])
            for choice in self._choices.values():
                self.button(choice.id).disabled = True
            self.query_one("#dialog-cancel").focus()

    async def _inspect(self) -> None:
        engine = self._controller.context.engine
        try:
            plan = await self._controller.ask(engine.plan_resume, self._operation.id)
        except (ProxmoxError, StoreError) as error:
            self._show_now(f"CT {self._operation.vmid} now: it could not be inspected: {error}", "warn")
            return
        if isinstance(plan, Refusal):
            self._show_now(f"Resume would be refused: {plan.reason}", "warn")
        else:
            self._show_now(". ".join(plan.warnings), "warn")

    @unless_unmounted
    def _show_now(self, text: str, tone: Tone) -> None:
        if self._is_settled:
            return
        self.query_one("#interrupted-now", Lines).set_text([[(plain(text), tone)]] if text else [])


class DestroyAgainDialog(Confirm[bool]):
    """A dialog that names the second destroy, and needs the typed name of the container."""

    _is_agreed_to = True
    """The first destroy may have been carried out."""

    def __init__(self, operation: Operation) -> None:
        self._wanted = operation.name
        super().__init__(
            f"Destroy {operation.name} again",
            [
                f"A destroy of CT {operation.vmid} was requested. Its result is not known.",
                "Its task and the container are looked up first. If there is no task, and the container is still"
                " the recorded one, the destroy is sent a second time.",
            ],
            [Button("again", "Destroy again", True, danger=True, disabled=True)],
            cancel=Button("cancel", "Cancel", False),
        )

    def compose_foot(self) -> ComposeResult:
        """Yield the name field."""
        yield TypedRow("again-name", shown=True)

    def on_mount(self) -> None:
        """Show the name to type."""
        self.query_one(TypedRow).ask(f"Type {self._wanted} to confirm: ", self._wanted)
        self.query_one(TypedRow).enter()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.button("again").disabled = not self.query_one(TypedRow).confirms(self._wanted)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Move the focus from the field to the button; enter there does nothing itself."""
        if not self.button("again").disabled:
            self.button("again").focus()


def _lines(operation: Operation, more: int, why_not: str | None) -> list[str | Cell]:
    """Return what is known of an operation, and what each answer does; `more` are waiting, and `why_not` says why its
    cluster is not contacted.
    """
    # A time and no age: the dialog may stand open for hours.
    since = local_time(operation.heartbeat_at)
    # Nobody has looked at its container yet.
    sentence = progress_sentence(operation, only_recorded=True)
    lines: list[str | Cell] = [
        f"{_doing(operation)}, CT {operation.vmid or '–'} of {operation.cluster}, started by {operation.actor}.",
        f"No process has worked on it since {since}. {sentence[:1].upper()}{sentence[1:]}.",
        *([Cell(_reason(operation.error), "warn")] if operation.error else []),
        *(Cell(f"{step.seq}. {step.name.words}: {step.outcome.words}", "dim") for step in operation.steps),
        "Resume continues from the recorded step. It first reads the result of the last step from Proxmox.",
        "Abandon changes nothing on Proxmox. It inspects the container and records the result.",
    ]
    if _lost_destroy(operation):
        no_second = "Resume sends no second destroy. It looks for the first one's task, and for the container."
        lines.append(Cell(no_second, "warn"))
    if why_not is not None:
        lines.append(Cell(f"{why_not}, so only Later is possible.", "warn"))
    if more:
        lines.append(Cell(f"{more} more after this one.", "dim"))
    return lines


def _reason(error: str) -> str:
    """Return why it stopped, without the requests that were sent: the sentence before has them."""
    reason = without_requests(error)
    return f"{reason[:1].upper()}{reason[1:]}".rstrip(".") + "."


def _lost_destroy(operation: Operation) -> bool:
    """Return whether it stopped at a destroy that was sent and whose outcome is unknown."""
    step = operation.current
    return step is not None and step.name is StepName.DESTROY and is_unanswered(step)


def _doing(operation: Operation) -> str:
    return f"{DOING.get(operation.action, operation.action.value)} {operation.name}"
