"""What an operation is doing, and the steps of a plan, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from proximity_tui.core.base.text import human_age
from proximity_tui.core.model import Action, Operation, OperationStatus
from proximity_tui.core.model.actions.actor import without_token
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.widgets.glyphs import glyphs

if TYPE_CHECKING:
    from proximity_tui.core.model import Plan

DOING = {
    Action.ADOPT: "adopting",
    Action.ACCEPT_DRIFT: "accepting the drift of",
    Action.CREATE: "creating",
    Action.CLONE: "cloning",
    Action.SOFT_DELETE: "closing the record of",
    Action.HARD_DELETE: "deleting",
    Action.START: "starting",
    Action.SHUTDOWN: "shutting down",
    Action.STOP: "stopping",
    Action.REBOOT: "rebooting",
    Action.UPDATE: "changing",
    Action.MIGRATE: "migrating",
    Action.RESTORE: "restoring",
    Action.BACKUP: "backing up",
    Action.SNAPSHOT: "taking a snapshot of",
    Action.DELETE_SNAPSHOT: "deleting a snapshot of",
    Action.ROLLBACK_SNAPSHOT: "rolling back",
}


def operation_text(operation: Operation, now: datetime, owner: str = "") -> str:
    """Return `deleting 2/5 18s`, with the owner where it is another process, or that no process executes it."""
    doing = DOING.get(operation.action, operation.action.value)
    if operation.status is OperationStatus.INTERRUPTED:
        return f"INTERRUPTED {doing} {operation.progress}"
    words = f"{doing} {operation.progress} {human_age(max(0.0, (now - operation.started_at).total_seconds()))}"
    if operation.owner == owner:
        return words
    return f"in progress by {without_token(operation.actor)}: {words}"


def steps_lines(plan: Plan) -> list[TextLine]:
    """Return every step with its reason, then the warnings."""
    lines: list[TextLine] = [
        [(f"{number}. {step.name.words}: ", "normal"), (step.reason, "dim")]
        for number, step in enumerate(plan.steps, 1)
    ]
    return [*lines, *warning_lines(plan.warnings)]


def summary_lines(summary: str, steps: Iterable[str], warnings: Iterable[str]) -> list[TextLine]:
    """Return a plan whose steps are sentences: what it does, every step, then the warnings."""
    numbered: list[TextLine] = [[(f"{number}. {step}", "normal")] for number, step in enumerate(steps, 1)]
    return [[(summary, "accent")], *numbered, *warning_lines(warnings)]


def warning_lines(warnings: Iterable[str], indent: str = "") -> list[TextLine]:
    """Return a line for each warning."""
    return [[(f"{indent}{glyphs().warning} {one}", "warn")] for one in warnings]
