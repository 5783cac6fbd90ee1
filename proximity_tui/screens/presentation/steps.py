"""The steps of a plan, as a person reads them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from proximity_tui.core.model import Plan
from proximity_tui.core.model.actions.action import StepName
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.widgets.glyphs import glyphs

_LABELS: Mapping[StepName, str] = {
    StepName.ASK: "request",
    StepName.AWAIT_STATUS: "wait",
    StepName.SHUTDOWN: "shut down",
    StepName.BACK_UP: "back up",
    StepName.PROVE_BACKUP: "verify backup",
    StepName.PROVE_ABSENT: "verify absence",
    StepName.RELEASE: "close record",
    StepName.TAKE_SNAPSHOT: "take snapshot",
    StepName.PROVE_SNAPSHOT: "verify snapshot",
    StepName.DELETE_SNAPSHOT: "delete snapshot",
    StepName.PROVE_SNAPSHOT_GONE: "verify it is gone",
    StepName.ROLL_BACK: "roll back",
    StepName.RECORD_CONFIG: "update record",
    StepName.SETTLE: "update record",
    StepName.LOOK: "check",
    StepName.UNREADABLE: "unknown step",
}


def step_label(name: StepName) -> str:
    """Return the name of a step: `verify absence`."""
    return _LABELS.get(name, str(name))


def steps_lines(plan: Plan) -> list[TextLine]:
    """Return every step with its reason, then the warnings."""
    lines: list[TextLine] = [
        [(f"{number}. {step_label(step.name)}: ", "normal"), (step.reason, "dim")]
        for number, step in enumerate(plan.steps, 1)
    ]
    for warning in plan.warnings:
        lines.append([(f"{glyphs().warning} {warning}", "warn")])
    return lines
