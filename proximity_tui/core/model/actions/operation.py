"""A plan under execution, its actor, and its line in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import names
from proximity_tui.core.model.actions.action import Action, StepName
from proximity_tui.core.model.container import ClockReading
from proximity_tui.core.model.guests.guest_detail import ended_well

if TYPE_CHECKING:
    from proximity_tui.core.model.actions.plan import Plan


_VIA = " via "
"""What stands between a person and their token."""


@value_object
class Actor:
    """The actor: the OS user and host, and the API token that they use (None before it is known)."""

    user: str
    host: str
    token: str | None = None

    def __str__(self) -> str:
        who = f"{self.user}@{self.host}"
        return f"{who}{_VIA}{self.token}" if self.token else who


def without_token(actor: str) -> str:
    """Return an actor, as the store keeps one in words, without the token that they used: `anna@jump1`."""
    return actor.partition(_VIA)[0]


class OperationStatus(StrEnum):
    """The progress of an operation. `INTERRUPTED` means that no process executes it and its end is not known."""

    OPEN = "open"
    INTERRUPTED = "interrupted"
    DONE = "done"
    FAILED = "failed"
    ABANDONED = "abandoned"


class StepOutcome(StrEnum):
    """The outcome of a step. `INTENDED` alone means: sent, and the answer was not recorded."""

    PENDING = "pending"
    INTENDED = "intended"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


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
    def is_left_to_ha(self) -> bool:
        """True when its task only queued a request, which HA carries out later."""
        task = None if self.task is None else names.upid(self.task)
        return task is not None and task.type in names.HA_TASKS

    @property
    def was_sent(self) -> bool:
        """True when the journal holds an intent or a task of it. A withdrawn intent does not count."""
        return self.outcome is StepOutcome.INTENDED or self.intent_at is not None or self.task is not None

    @property
    def may_have_run(self) -> bool:
        """True when it was sent and its end is not known: Proxmox may have carried it out (law 5)."""
        if self.outcome is StepOutcome.FAILED:
            return self.was_sent and bool(self.detail.get(STILL_UNANSWERED))
        return self.was_sent and self.outcome not in (StepOutcome.DONE, StepOutcome.SKIPPED)


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

    def step(self, name: StepName) -> StepRecord:
        """Return its first step of this name, which every plan of its action has."""
        return next(step for step in self.steps if step.name is name)

    @property
    def nothing_ran(self) -> bool:
        """True when no step can have happened: each was not sent yet, or refused at once."""
        refused = [step for step in self.steps if step.outcome is StepOutcome.FAILED and step.task is None]
        return all(not step.was_sent or (step in refused and not step.may_have_run) for step in self.steps)

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


class EventAction(StrEnum):
    """The action that an event records, where no operation of ours did it (then it is an `Action`).

    The words stand in databases, in JSON and under the hash of the trail: add, never rename.
    """

    OBSERVE = "observe"
    MOVED = "moved"
    RENAMED = "renamed"
    FINGERPRINT = "fingerprint"
    REATTACH = "reattach"
    DIAGNOSE = "diagnose"
    INTERRUPTED = "interrupted"
    EXPECTED_ORPHAN = "expected-orphan"
    ANOMALOUS_ORPHAN = "anomalous-orphan"
    ALERT = "alert"
    ALERT_ACKNOWLEDGED = "alert-acknowledged"
    ALERT_REOPENED = "alert-reopened"
    """An acknowledgement was taken back."""
    ALERT_RESOLVED = "alert-resolved"
    BREAKER_OPENED = "breaker-opened"
    BREAKER_APPROVED = "breaker-approved"
    BREAKER_DISMISSED = "breaker-dismissed"
    BREAKER_WITHDRAWN = "breaker-withdrawn"
    JOB_PAUSED = "job-paused"
    JOB_RESUMED = "job-resumed"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    ARM = "arm"
    CLUSTER_TRUSTED = "cluster-trusted"
    CLUSTER_RETRUSTED = "cluster-retrusted"
    CLUSTER_RENAMED = "cluster-renamed"
    BASELINE_RETURNED = "baseline-returned"
    LINT_WAIVED = "lint-waived"
    LINT_UNWAIVED = "lint-unwaived"
    DATABASE_COPIED = "database-copied"
    IDENTITY_BASELINE = "identity-baseline"
    PORT_RESERVED = "port-reserved"
    PORT_MOVED = "port-moved"
    PORT_RELEASED = "port-released"
    PORTS_PROBED = "ports-probed"
    TEMPLATE_DOWNLOAD = "template-download"
    BACKUP_CHANGE = "backup-change"
    """The protection or the note of a backup."""
    WITHOUT_TRIGGERS = "unguarded"
    """Triggers of ours were missing for a while."""


@value_object
class Event:
    """One line of the audit trail. Append-only, chained by hash."""

    seq: int
    at: datetime
    actor: str
    action: str
    """A word of `EventAction` or `Action`, or one of another version of the program."""
    container: int | None
    cluster: str | None
    vmid: int | None
    message: str
    evidence: Mapping[str, Any]
    """What was seen and decided by then, as JSON data: the `operation`, what was `seen`, the `fingerprint`."""
    hash: str
