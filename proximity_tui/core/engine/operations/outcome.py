"""The possible outcomes of executing a plan, and the exceptions by which a step can stop it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.guards.proxmox_words import advised, meaning_of
from proximity_tui.core.model import Actor, Container, Operation, Plan, Refusal, RefusalCode, StepOutcome, Task
from proximity_tui.core.model.guests.guest_detail import END_NOT_KNOWN, ended_well
from proximity_tui.core.store.db.store_errors import CommitUnknown, StoreError


class StepFailed(Exception):
    """Raised when the step definitely did not happen, or Proxmox definitely refused it. `reason` is for a person.
    `code` is that of the refusal, of a guard of ours or of Proxmox, at once or in its task: then nothing came of the
    step.
    """

    def __init__(
        self, reason: str, code: RefusalCode | None = None, detail: Mapping[str, object] | None = None
    ) -> None:
        """`detail` goes into the journal beside the reason: what was done all the same."""
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.detail = dict(detail or {})


class Interrupted(Exception):
    """Raised when the outcome of the step is unknown (law 5): the operation is suspended and can be resumed."""

    def __init__(self, reason: str, *, names_request: bool = False) -> None:
        """`names_request` where the reason itself says that the request of the step may have been carried out."""
        super().__init__(reason)
        self.reason = reason
        self.names_request = names_request


def tasks_unread(node: str, why: object) -> Interrupted:
    """Return the error where the tasks of a node cannot be read: without them a lost answer is not found (law 5)."""
    return Interrupted(f"the tasks of node {node} cannot be read: {why}")


def not_listed(operation: int, what: str) -> Interrupted:
    """Return the error where a request has no answer, and its task may have been rotated away: a second one is not sent
    (law 5). `what` is not known.
    """
    return _never_known(operation, f"it was sent without an answer, and Proxmox lists no task of that time: {what}")


def end_not_known(operation: int, what: str) -> Interrupted:
    """Return the error where the end of a task is not known, and the guest does not tell it, either: `what` is not
    known.
    """
    return _never_known(operation, f"{END_NOT_KNOWN}: {what}")


def _never_known(operation: int, why: str) -> Interrupted:
    end = f"abandon it (`proximity-tui operations abandon {operation}`), look at the container, and make the plan again"
    return Interrupted(f"{why}; {end}", names_request=True)


class NotNeeded(Exception):
    """Raised when the last inspection finds the step already done: it is skipped. `why` is for a person."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@value_object
class Fact:
    """One fact that a step found when it ended."""

    outcome: StepOutcome = StepOutcome.DONE
    detail: Mapping[str, Any] = field(default_factory=dict)


def fact_of(task: Task, failed: str) -> Fact:
    """Return the fact of a task that ended well. Raises StepFailed for another one: what `failed`, and its end."""
    if task.failed:
        raise task_failure(failed, str(task.exitstatus))
    return Fact(detail={"exitstatus": task.exitstatus})


def end_of_task(exitstatus: object, seen: str) -> str:
    """Return the sentence about a task that did not fail, and what is `seen` all the same (law 7)."""
    known = "its task ended well, but" if ended_well(exitstatus) else f"{END_NOT_KNOWN}, and"
    return f"{known} {seen}"


def task_failure(failed: str, words: str) -> StepFailed:
    """Return the failure of a task: what `failed`, the words of Proxmox for it, what to do, and the code of the same
    refusal at the request, where nothing can have been done before.
    """
    meaning = meaning_of(words)
    return StepFailed(advised(f"{failed}: {words}", meaning), meaning.code_in_task if meaning is not None else None)


@value_object(kw_only=True)
class _OutcomeFields:
    """The fields of every outcome: the plan, and the record and the operation as they are afterwards; each None where
    there is none, because nothing was planned, recorded or begun.
    """

    plan: Plan | None = None
    container: Container | None = None
    operation: Operation | None = None

    @property
    def success(self) -> bool:
        """True when everything was done as planned."""
        return False

    @property
    def error(self) -> str | None:
        """The reason why it did not end well, for a person; None when it is done or was refused."""
        return None


@value_object
class Done(_OutcomeFields):
    """Everything was done as planned, and that was observed. `detail` holds the facts of an adoption."""

    detail: Mapping[str, Any] = field(default_factory=dict, kw_only=True)

    @property
    def success(self) -> bool:
        return True


@value_object
class Refused(_OutcomeFields):
    """Nothing was begun: a law, a guard or somebody else forbids it."""

    refusal: Refusal


@value_object
class Resumable(_OutcomeFields):
    """It was begun, and whether its last step happened is not known: it can be resumed or abandoned (law 5)."""

    reason: str

    @property
    def error(self) -> str:
        return self.reason


@value_object
class Failed(_OutcomeFields):
    """It certainly did not succeed; what was begun ends as what was observed afterwards. `code` is that of the refusal
    of its last step, where it was refused. With `unknown` the answer to a commit was lost: whether it was written is
    not known, and no operation can tell.
    """

    reason: str
    code: RefusalCode | None = None
    unknown: bool = False

    @property
    def refusal(self) -> Refusal | None:
        """The refusal, where nothing was done before the step that was refused: as if that had been seen in time; else
        None.
        """
        steps = self.operation.steps if self.operation is not None else ()
        begun = any(step.may_have_run or step.outcome is StepOutcome.DONE for step in steps)
        return None if self.code is None or begun else Refusal(self.code, self.reason)

    @property
    def error(self) -> str:
        return self.reason


def unwritten(
    error: StoreError, undone: str = "", *, plan: Plan | None = None, container: Container | None = None
) -> Failed:
    """Return the failure of an action that the database did not take; `undone` says that nothing was done, and is left
    out where the answer to the commit was lost: then that is not known (law 5).
    """
    unknown = isinstance(error, CommitUnknown)
    reason = f"{undone}: {error}" if undone and not unknown else str(error)
    return Failed(reason, unknown=unknown, plan=plan, container=container)


def not_in_the_trail(error: StoreError) -> str:
    """Return the words for what was done at Proxmox, and is not in the audit trail because of `error`."""
    return f"its end is not in the audit trail: {error}"


Outcome = Done | Refused | Resumable | Failed
"""The outcome of a plan that was to be executed: exactly one of the four, told apart by `match`."""


@value_object
class EngineSettings:
    """The settings of the engine besides the clusters. Times in seconds unless they are timedeltas."""

    actor: Actor
    port_pool: range = range(8100, 9000)
    confirm_after: timedelta = timedelta(seconds=30)
    lost_answer: float = 30.0
    """How long the task of a write whose answer was lost is looked for before the operation is suspended."""
    task_timeout: float = 900.0
    """How long a Proxmox task may run before the operation is suspended; the task itself is never aborted."""
    backup_timeout: float = 6 * 3600.0
    """The same for the task of a backup, which copies all there is and may queue behind other backups of its node."""
    settle_timeout: float = 30.0
    """How long an expected status or absence is waited for once its task has ended."""
    heartbeat: float = 3.0
    read_only: bool = False
    production: frozenset[str] = frozenset()
    """The clusters that must be armed before anything of them may be changed."""
