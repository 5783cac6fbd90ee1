"""One of several containers during a deletion: its plan, and its result. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.model import Plan, Refusal
from proximity_tui.screens.base.batch_dialog import BatchItem
from proximity_tui.screens.delete.preview import DeletePreview
from proximity_tui.widgets.tones import Tone


@dataclass(frozen=True, slots=True)
class DeleteItem(BatchItem):
    """A container by its record id. Without a `case` it was not read yet."""

    id: int
    case: DeletePreview | None = None
    trouble: str | None = None

    @property
    def key(self) -> str:
        return str(self.id)

    @property
    def place(self) -> str:
        return self.case.container.cluster if self.case is not None else ""

    def plan(self, choice: Choice | None) -> Plan | None:
        """Return its plan; None for one with a doubtful identity, because that is asked about one at a time."""
        if self.case is None or (choice is Choice.HARD and self.case.doubtful):
            return None
        return self.case.plan(choice)

    def outcome(self, choice: Choice | None) -> tuple[str, Tone]:
        """Return its state, in words."""
        if self.ended is not None:
            return self.ended.outcome, "good" if self.ended.success else "bad"
        if self.trouble is not None or self.case is None:
            return (self.trouble, "bad") if self.trouble else ("reading", "dim")
        if self.untouched:
            return "untouched", "dim"
        if self.begun:
            return "in progress", "accent"
        if choice is None:
            return "soft or hard?", "dim"
        plan = self.case.soft if choice is Choice.SOFT else self.case.hard
        if plan is None:
            return "looking", "dim"
        if isinstance(plan, Refusal):
            return f"skipped: {plan.reason}", "warn"
        if self.plan(choice) is None:
            return "skipped: identity not certain, delete it separately", "warn"
        return (plan.steps[-1].reason if choice is Choice.SOFT else f"destroy CT {plan.vmid}"), "normal"
