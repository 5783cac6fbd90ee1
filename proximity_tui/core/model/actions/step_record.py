"""One step of an operation as the journal has it: what was sent, what came of it, and what is still not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import names
from proximity_tui.core.model.actions.action import StepName
from proximity_tui.core.model.guests.guest_detail import ended_well


class StepOutcome(StrEnum):
    """The outcome of a step. `INTENDED` alone means: sent, and the answer was not recorded."""

    PENDING = "pending"
    INTENDED = "intended"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"

    @property
    def words(self) -> str:
        """The outcome as a person reads it: `not needed`."""
        return _WORDS[self]


_WORDS: Mapping[StepOutcome, str] = {
    StepOutcome.PENDING: "not begun",
    StepOutcome.INTENDED: "begun",
    StepOutcome.DONE: "done",
    StepOutcome.SKIPPED: "not needed",
    StepOutcome.FAILED: "failed",
}

STILL_UNANSWERED = "still_unanswered"
"""In the detail of a failed step: it was asked by an earlier try, and nobody knows what became of that."""

UNHEARD = "unheard"
"""In the detail of a step: since when its task cannot be read, and why; None once it can."""


@value_object
class Silence:
    """The silence of a task: nothing was heard of it since a moment, for a reason."""

    since: datetime
    why: str


@value_object
class StepRecord:
    """One journaled step of an operation."""

    seq: int
    name: StepName
    reason: str
    outcome: StepOutcome
    task: str | None = None
    intent_at: datetime | None = None
    fact_at: datetime | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    """Evidence. With the intent: `node`, `token` (its id), `tasks_before` (task ids) and, of a backup, `backups_before`
    (volume ids). With the fact: `exitstatus` in the words of Proxmox, `observed` (a status), `proof` and `second_look`
    (of absence), the backup's `volume`, `at` and `size`, `why` it was skipped, the `error` that it failed with, the
    `warnings` of its task (texts).
    """

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings of its task, which succeeded all the same."""
        found = self.detail.get("warnings")
        return tuple(map(str, found)) if isinstance(found, list | tuple) else ()

    @property
    def silence(self) -> Silence | None:
        """The silence of its task, while that is waited for and cannot be read."""
        found = self.detail.get(UNHEARD)
        if not isinstance(found, Mapping) or self.outcome is not StepOutcome.INTENDED:
            return None
        return Silence(datetime.fromisoformat(str(found["since"])), str(found["why"]))

    @property
    def ended_well(self) -> bool:
        """True when it is done, and its task, if it has one, is known to have ended well."""
        return self.outcome is StepOutcome.DONE and ended_well(self.detail.get("exitstatus", "OK"))

    @property
    def end_is_unclear(self) -> bool:
        """True when it is done, and its task is not known to have ended well: only what is seen of the guest tells what
        came of it.
        """
        return self.outcome is StepOutcome.DONE and not self.ended_well

    @property
    def outcome_words(self) -> str:
        """The outcome as a person reads it. A step may be over without having done what it is called, as a shutdown
        that was not heard, or without anybody knowing it: that is not "done".
        """
        return "over" if self.end_is_unclear else self.outcome.words

    @property
    def is_left_to_ha(self) -> bool:
        """True when its task only queued a request, which HA carries out later."""
        task = None if self.task is None else names.upid(self.task)
        return task is not None and task.type in names.HA_TASKS

    @property
    def was_sent(self) -> bool:
        """True when the journal holds an intent or a task of it. A withdrawn intent does not count."""
        return self.outcome is StepOutcome.INTENDED or self.intent_at is not None or self.task is not None

    @property
    def was_refused_at_once(self) -> bool:
        """True when it failed before there was a task of it: nothing came of it, and nothing of an earlier try."""
        return self.outcome is StepOutcome.FAILED and self.task is None and not self.may_have_run

    @property
    def may_have_run(self) -> bool:
        """True when it was sent and its end is not known: Proxmox may have carried it out (law 5)."""
        if self.outcome is StepOutcome.FAILED:
            return self.was_sent and bool(self.detail.get(STILL_UNANSWERED))
        return self.was_sent and self.outcome not in (StepOutcome.DONE, StepOutcome.SKIPPED)
