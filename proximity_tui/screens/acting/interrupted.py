"""What shall become of an operation that lost its process: resume, abandon, decide later. Nothing starts unasked."""

from __future__ import annotations

from collections.abc import Sequence

from proximity_tui.core.engine.recovery import story
from proximity_tui.core.model import Operation
from proximity_tui.core.text import human_age
from proximity_tui.screens.desk.host import DeskApp
from proximity_tui.screens.wording.words import DOING
from proximity_tui.widgets.cells import Cell
from proximity_tui.widgets.dialog import Choice, Question


def ask_next(app: DeskApp, operations: Sequence[Operation]) -> None:
    """Ask about the first of these operations, and after the answer about the rest. "Later" leaves them all."""
    if not operations:
        return
    operation, *rest = operations

    def answered(answer: str | None) -> None:
        engine, desk = app.desk.session.engine, app.desk
        if answer == "resume":
            desk.begin(f"resume {_doing(operation)}", engine.resume, operation.id)
        elif answer == "abandon":
            desk.begin(f"abandon {_doing(operation)}", engine.abandon, operation.id)
        if answer:
            ask_next(app, rest)

    app.push_screen(InterruptedDialog(operation, app, len(rest)), answered)


class InterruptedDialog(Question[str]):
    """Answers `resume`, `abandon`, or an empty text for later."""

    def __init__(self, operation: Operation, app: DeskApp, more: int) -> None:
        age = human_age((app.desk.clock.now() - operation.heartbeat_at).total_seconds())
        known = operation.cluster in app.desk.clusters
        lines: list[str | Cell] = [
            f"{_doing(operation)}, CT {operation.vmid or '–'} of {operation.cluster}, begun by {operation.actor}.",
            f"Nobody has carried it for {age}. {story(operation).capitalize()}.",
            *([Cell(operation.error, "warn")] if operation.error else []),
            *(Cell(f"{step.seq}. {step.name}: {step.outcome}", "dim") for step in operation.steps),
            "Resume goes on from what is recorded, and first asks Proxmox what became of the last step.",
            "Abandon asks Proxmox for nothing more than a look, and records what is seen.",
        ]
        if not known:
            lines.append(
                Cell(f"{operation.cluster} is not configured or switched off: it must be asked first.", "warn")
            )
        if more:
            lines.append(Cell(f"{more} more after this one.", "dim"))
        super().__init__(
            f"Interrupted: {_doing(operation)}",
            lines,
            [
                Choice("abandon", "Abandon", "abandon", disabled=not known),
                Choice("resume", "Resume", "resume", disabled=not known),
            ],
            cancel=Choice("later", "Later", ""),
        )


def _doing(operation: Operation) -> str:
    return f"{DOING.get(operation.action, operation.action.value)} {operation.name}"
