"""A plan under execution."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.actions.action import Action, StepName
from proximity_tui.core.model.actions.step_record import StepOutcome, StepRecord
from proximity_tui.core.model.container import ClockReading

if TYPE_CHECKING:
    from proximity_tui.core.model.actions.plan import Plan


class OperationStatus(StrEnum):
    """The progress of an operation. `INTERRUPTED` means that no process executes it and its end is not known."""

    OPEN = "open"
    INTERRUPTED = "interrupted"
    DONE = "done"
    FAILED = "failed"
    ABANDONED = "abandoned"


@value_object
class Operation:
    """A plan under execution, journaled step by step."""

    id: int
    container: int | None
    cluster: str
    vmid: int | None
    name: str
    action: Action
    status: OperationStatus
    plan: Plan
    actor: str
    owner: str
    """`host:pid:random` of the process that carries it."""
    started_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    error: str | None
    steps: tuple[StepRecord, ...]
    heartbeat_clock: ClockReading | None = None
    """What the clocks said at `heartbeat_at`."""

    @property
    def current(self) -> StepRecord | None:
        """The step under way, or None when every step has an end."""
        ended = (StepOutcome.DONE, StepOutcome.SKIPPED)
        return next((step for step in self.steps if step.outcome not in ended), None)

    def find_step(self, name: StepName) -> StepRecord | None:
        """Return its first step of this name; None where its plan has none."""
        return next((step for step in self.steps if step.name is name), None)

    def step(self, name: StepName) -> StepRecord:
        """Return its first step of this name, which every plan of its action has."""
        return next(step for step in self.steps if step.name is name)

    @property
    def nothing_ran(self) -> bool:
        """True when no step can have happened: each was not sent yet, or refused at once."""
        return all(step.was_refused_at_once or not step.was_sent for step in self.steps)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings of all its tasks."""
        return tuple(warning for step in self.steps for warning in step.warnings)

    @property
    def progress(self) -> str:
        """The number of the step under way, and of all steps: `2/5`."""
        current = self.current
        position = current.seq if current else len(self.steps)
        return f"{position}/{len(self.steps)}"
