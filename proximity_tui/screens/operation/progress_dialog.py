"""The progress of an operation: each step, its task, the end of its log, its duration, and its result.

It only watches: closing it changes nothing, and it can watch the operation of another process.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from proximity_tui.core.base.text import human_age
from proximity_tui.core.model import Operation, OperationStatus, Plan
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import operations
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.operation.progress_lines import end_pieces, step_lines
from proximity_tui.screens.presentation.operation_text import DOING
from proximity_tui.screens.text.lines import Line, Lines, Piece
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.dialogs.dialog import SCROLLS, Dialog
from proximity_tui.widgets.line_controls import LineButton

POLL = 0.5
"""Seconds between two questions to the journal."""

LOG_POLL = 1.0
"""Seconds between two questions for the log of the task, which go over the network."""

LOG_LINES = 12
"""How much of the end of a log is shown."""


class ProgressDialog(Dialog[None]):
    """A dialog that watches a task of this process, or with `operation_id` alone the operation of any process."""

    DEFAULT_CSS = """
    ProgressDialog {
        & #dialog-title { margin-bottom: 1; }
        & #progress-log { padding-left: 3; }
        & #progress-end { max-height: 4; margin-top: 1; }
        &.-short #dialog-title, &.-short #progress-end { margin: 0; }
    }
    """
    # A second enter, meant for the button that was here before, must not close what it led to.
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "cancel_if_over", "Close", show=False),
        *SCROLLS,
    ]

    app = getters.app(ControllerApp)

    def __init__(self, plan: Plan, task: BackgroundTask | None = None, operation_id: int | None = None) -> None:
        super().__init__()
        self._plan = plan
        self._background = task
        self._operation_id = operation_id
        self._operation: Operation | None = None
        self._trouble: str | None = None
        self._journal_ended = False
        """True once the journal was read after the end: the last task is known then. Who resumes it goes on."""
        self._logged: str | None = None
        """The task whose log is shown."""
        self._log: tuple[str, ...] = ()
        self._began: datetime | None = task.began_at if task is not None else None
        self._over_at: datetime | None = None
        self._was_left = False
        """Whether the task of this process ended and left it interrupted."""

    def compose_body(self) -> ComposeResult:
        """Yield the steps, and the log of the last task."""
        yield Lines(id="progress-steps")
        yield Lines(id="progress-log")

    def compose_foot(self) -> ComposeResult:
        """Yield the present state."""
        yield Lines(id="progress-end")
        yield Line(id="progress-hint")

    def compose_buttons(self) -> ComposeResult:
        """Yield the Close button."""
        yield LineButton("Close", id="progress-close")

    def on_mount(self) -> None:
        """Follow the journal and the log, each at its own pace: a hung cluster must not hide the journal."""
        self._show()
        self.set_interval(1.0, self._show)
        in_background(self, self._follow_journal, group="journal")
        in_background(self, self._follow_log, group="log")

    def action_cancel_if_over(self) -> None:
        """Close if it has ended."""
        if self.over:
            self.action_cancel()

    @property
    def over(self) -> bool:
        """True when it has ended, as far as we know."""
        if self._background is not None:
            return self._background.ended is not None
        return self._operation is not None and self._operation.status is not OperationStatus.OPEN

    def shows(self, text: str) -> bool:
        """Return whether the end of the watched task stands here, so that no toast is needed."""
        return (
            self._background is not None
            and self._background.ended is not None
            and self._background.ended.sentence == text
        )

    async def _follow_journal(self) -> None:
        while True:
            over = self.over
            try:
                found = await self.app.controller.ask(self._read)
                self._operation, self._trouble = found or self._operation, None
            except StoreError as error:
                self._trouble = f"the progress cannot be read: {error}"
            self._leave_to_others()
            self._journal_ended = over and self.over and self._trouble is None
            self._show()
            # What was read after the end is the last that there is to read, unless somebody resumes it.
            if self._journal_ended and not self._may_go_on:
                return
            await asyncio.sleep(POLL)

    @property
    def _may_go_on(self) -> bool:
        """True while somebody may resume it, or has."""
        unfinished = (OperationStatus.OPEN, OperationStatus.INTERRUPTED)
        return self._operation is not None and self._operation.status in unfinished

    def _leave_to_others(self) -> None:
        """Forget the task of this process once somebody resumes or abandons what it left interrupted."""
        if self._background is None or self._background.ended is None or self._operation is None:
            return
        is_left = self._operation.status is OperationStatus.INTERRUPTED
        if self._was_left and not is_left:
            self._background = None
        self._was_left = is_left

    def _read(self) -> Operation | None:
        """Return the operation as it is now, on a worker thread, or None before it was begun."""
        ended = self._background.ended if self._background is not None else None
        if ended is not None and ended.result is not None and ended.result.operation is not None:
            return operations.get(ended.result.operation.id)
        known = self._operation.id if self._operation is not None else self._operation_id
        if known is not None:
            return operations.get(known)
        owner = self.app.controller.context.owner
        wanted = (self._plan.vmid, self._plan.action, owner)
        found = operations.open_operations(self._plan.cluster)
        return next((one for one in found if (one.vmid, one.action, one.owner) == wanted), None)

    async def _follow_log(self) -> None:
        was_over = False
        while True:
            # Only the journal tells the task: an operation may end before its task was read there.
            over = self._journal_ended
            if not (over and was_over and self._may_go_on):
                await self._read_log()
            was_over = over
            if over and not self._may_go_on:
                return
            await asyncio.sleep(LOG_POLL)

    async def _read_log(self) -> None:
        task = self._latest_task()
        client = self.app.controller.context.clients.get(self._plan.cluster)
        if task is None or client is None:
            return
        try:
            start = len(self._log) if task == self._logged else 0
            fresh = await self.app.controller.ask(client.rest_of_task_log, task, start)
            self._log = (*self._log[:start], *fresh)
            self._logged = task
            self._show()
        except ProxmoxError as error:
            self._log, self._logged = (f"(the task log cannot be read: {error})",), None

    def _latest_task(self) -> str | None:
        """Return the task that was started last."""
        steps = self._operation.steps if self._operation is not None else ()
        return next((step.task for step in reversed(steps) if step.task), None)

    @unless_unmounted
    def _show(self) -> None:
        now = self.app.controller.clock.now()
        over = self.over
        self._over_at = (self._over_at or now) if over else None
        self.show_title(self._heading())
        self.query_one("#progress-steps", Lines).set_text(step_lines(self._plan, self._operation))
        tail = self._log[-LOG_LINES:]
        self.query_one("#progress-log", Lines).set_text([[(line, "dim")] for line in tail])
        self.query_one("#progress-end", Lines).set_text([self._end(now)])
        hint = "" if over else "The operation continues in the background. Fleet shows its progress."
        self.query_one("#progress-hint", Line).set_text([(hint, "dim")])
        self.query_one("#progress-hint").display = bool(hint) and not self.has_class("-short")

    def _heading(self) -> str:
        plan = self._plan
        if self._was_not_begun:
            # The name stands first: on a narrow screen the title is cut.
            return f"{plan.name}{f' (CT {plan.vmid})' if plan.vmid else ''}: not begun, nothing was changed"
        place = f"CT {plan.vmid} on {plan.node}, " if plan.vmid else ""
        doing = DOING.get(plan.action, plan.action.value).capitalize()
        return f"{doing} {plan.name} ({place}cluster {plan.cluster})"

    @property
    def _was_not_begun(self) -> bool:
        """True once it was refused."""
        from proximity_tui.core.engine.operations.outcome import Refused

        ended = self._background.ended if self._background is not None else None
        return ended is not None and isinstance(ended.result, Refused)

    def _end(self, now: datetime) -> list[Piece]:
        """Return the present state, or the result."""
        began = self._operation.started_at if self._operation is not None else self._began
        finished = self._operation.finished_at if self._operation is not None else None
        lasts = human_age(((finished or self._over_at or now) - began).total_seconds()) if began else "?"
        if self._background is not None and self._background.ended is not None:
            ended = self._background.ended
            return [(f"{ended.sentence} (after {lasts})", "good" if ended.success else "bad")]
        if self._operation is not None and self._operation.status is not OperationStatus.OPEN:
            return end_pieces(self._operation, lasts)
        who = f", run by {self._operation.actor}" if self._operation and self._background is None else ""
        line: list[Piece] = [(f"running for {lasts}{who}", "normal")]
        return [*line, (f"; {self._trouble}", "warn")] if self._trouble else line
