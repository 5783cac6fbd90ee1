"""The diagnosis of the janitor.

It only ever writes a diagnosis: a container stuck in a transient state becomes `error`, with a reason that a person can
act on. It is given records and operations, and no client of Proxmox, so it cannot touch a guest.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.lived_time import lived
from proximity_tui.core.model import ClockReading, Container, Operation, State
from proximity_tui.core.model.lifecycle import TRANSIENT

PHRASE = "DIAGNOSING"

DEFAULT_THRESHOLDS: Mapping[State, timedelta] = {
    State.DEPLOYING: timedelta(hours=1),
    State.CLONING: timedelta(hours=1),
    State.UPDATING: timedelta(hours=1),
    State.REMOVING: timedelta(hours=1),
    State.ADOPTING: timedelta(minutes=10),
}


class StuckCause(StrEnum):
    """Why a container is stuck. The words stand in events."""

    NO_OPERATION = "no operation holds it"
    DIED_AT_STEP = "its operation died at a step"
    DIED_AFTER_LAST_STEP = "its operation died after its last step"
    ANSWER_UNKNOWN = "its operation died at a step whose answer is unknown"


@value_object
class Diagnosis:
    """A container that is stuck: the judged episode (state and version), its duration, the advice, and the cause."""

    container: Container
    stuck_for: timedelta
    reason: str
    cause: StuckCause = StuckCause.NO_OPERATION

    @property
    def log_line(self) -> str:
        """The line of the log: greppable by its first word."""
        return f"{PHRASE} {self.container.label}: Stuck for {hours_and_minutes(self.stuck_for)}: {self.reason}"


def diagnose(
    container: Container,
    operation: Operation | None,
    alive: bool,
    now: ClockReading,
    thresholds: Mapping[State, timedelta] = DEFAULT_THRESHOLDS,
) -> Diagnosis | None:
    """Return the diagnosis of one container, or None when it is not stuck.

    `operation` is the one that holds it, `alive` says whether its process is alive. A live operation is never stuck,
    whatever its age. The age is the time that passed since `state_since`, written by the transition itself, so that a
    clock that was set makes nothing look stuck.
    """
    left = stuck_in(container, alive, now, thresholds)
    if left is None or left > timedelta(0):
        return None
    stuck_for = _lived_in_state(container, now)
    parts = (
        f"{container.state} for {hours_and_minutes(stuck_for)}",
        _what_became_of(operation),
        _last_seen(container, now.at),
        _what_to_do(operation),
    )
    return Diagnosis(container, stuck_for, "; ".join(parts), cause_of(operation))


def cause_of(operation: Operation | None) -> StuckCause:
    """Return why a container is stuck whose operation is no longer carried out."""
    if operation is None:
        return StuckCause.NO_OPERATION
    if operation.current is None:
        return StuckCause.DIED_AFTER_LAST_STEP
    return StuckCause.ANSWER_UNKNOWN if operation.current.may_have_run else StuckCause.DIED_AT_STEP


def stuck_in(
    container: Container,
    alive: bool,
    now: ClockReading,
    thresholds: Mapping[State, timedelta] = DEFAULT_THRESHOLDS,
) -> timedelta | None:
    """Return the time after which a container counts as stuck, zero or less for one that is; None for one that cannot
    be: its state lasts, or the process of its operation is alive.
    """
    if container.state not in TRANSIENT or alive:
        return None
    return thresholds.get(container.state, DEFAULT_THRESHOLDS[container.state]) - _lived_in_state(container, now)


def _lived_in_state(container: Container, now: ClockReading) -> timedelta:
    return lived(container.state_clock or ClockReading(container.state_since), now)


def hours_and_minutes(span: timedelta) -> str:
    """Return a time span as text: `1h 12m`."""
    minutes = max(0, int(span.total_seconds() // 60))
    return f"{minutes // 60}h {minutes % 60}m"


def _what_became_of(operation: Operation | None) -> str:
    if operation is None:
        return StuckCause.NO_OPERATION
    current = operation.current
    if current is None:
        return StuckCause.DIED_AFTER_LAST_STEP
    asked = " (sent, answer unknown: it may have been carried out)" if current.may_have_run else ""
    return f"its operation died at step {current.seq} of {len(operation.steps)}: {current.name.words}{asked}"


def _last_seen(container: Container, now: datetime) -> str:
    if container.vmid is None:
        return "it never had a VMID"
    if container.observed_at is None:
        return f"CT {container.vmid} was never seen"
    age = _age(now - container.observed_at)
    return f"CT {container.vmid} was last seen on {container.node}, {container.status}, {age} ago"


def _what_to_do(operation: Operation | None) -> str:
    if operation is None:
        return "delete it, or release it with a soft delete"
    return "resume, abandon or release"


def _age(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    if seconds < 120:
        return f"{seconds}s"
    return hours_and_minutes(span)
