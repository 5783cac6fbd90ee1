"""The lines of the progress of an operation: each step with its state, and how it ended."""

from __future__ import annotations

from proximity_tui.core.base.text import human_age
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.doctrine.actions.sent_requests import silence_sentence
from proximity_tui.core.model import Operation, OperationStatus, Plan, StepName, StepOutcome, StepRecord
from proximity_tui.screens.text.lines import Piece, TextLine
from proximity_tui.widgets.glyphs import glyphs


def step_lines(plan: Plan, operation: Operation | None) -> list[TextLine]:
    """Return each step with its state, its reason, and its task; of a plan without an operation all are pending."""
    if operation is None:
        return [_step_line(number, step.name, step.reason, None) for number, step in enumerate(plan.steps, 1)]
    lines: list[TextLine] = []
    for step in operation.steps:
        lines.append(_step_line(step.seq, step.name, step.reason, step))
        if step.task:
            lines.append([(f"   task {step.task}", "dim")])
        if step.silence is not None:
            lines.append([(f"   {silence_sentence(step.silence)}", "warn")])
        lines += [[(f"   Proxmox warned: {warning}", "warn")] for warning in step.warnings]
        why = step.detail.get("error") or step.detail.get("why")
        if why:
            lines.append([(f"   {why}", "bad" if step.outcome is StepOutcome.FAILED else "dim")])
    return lines


def end_pieces(operation: Operation, lasts: str) -> list[Piece]:
    """Return how an operation ended, after how long, or that it is interrupted."""
    if operation.status is OperationStatus.DONE:
        return [(f"done (after {lasts})", "good")]
    if operation.status is OperationStatus.INTERRUPTED:
        told = f": {operation.error}" if operation.error else ""
        return [(f"INTERRUPTED{told}. `:interrupted` resumes or abandons it.", "warn")]
    return [(f"{operation.status}: {operation.error or 'no reason was recorded'} (after {lasts})", "bad")]


def _step_line(number: int, name: StepName, reason: str, step: StepRecord | None) -> TextLine:
    signs = glyphs()
    outcome = step.outcome if step is not None else StepOutcome.PENDING
    unclear = step is not None and step.end_is_unclear
    over = f" {step.outcome_words}" if step is not None else ""
    shown: dict[StepOutcome, tuple[str, str, Tone]] = {
        StepOutcome.PENDING: (signs.off, "", "dim"),
        StepOutcome.INTENDED: (signs.half, " running", "accent"),
        StepOutcome.DONE: (signs.warning, over, "warn") if unclear else (signs.mark, over, "good"),
        StepOutcome.SKIPPED: (signs.mark, " not needed", "good"),
        StepOutcome.FAILED: (signs.failed, " FAILED", "bad"),
    }
    sign, word, tone = shown[outcome]
    lasted = ""
    if step is not None and step.intent_at is not None and step.fact_at is not None:
        lasted = f" in {human_age((step.fact_at - step.intent_at).total_seconds())}"
    return [(f"{sign} {number}. {name.words}", tone), (f"{word}{lasted}", tone), (f"  {reason}", "dim")]
