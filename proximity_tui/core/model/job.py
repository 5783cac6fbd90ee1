"""The jobs: their lease, the outcome of a run, pauses, and the clusters that the breaker holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from enum import StrEnum

from proximity_tui.core.base.text import read_word
from proximity_tui.core.base.value_object import value_object

COUNTERS: Mapping[str, tuple[str, str]] = {
    "total_apps": ("container checked", "containers checked"),
    "real_vmids_count": ("CT listed by Proxmox", "CTs listed by Proxmox"),
    "orphans_found": ("orphan found", "orphans found"),
    "expected_orphans": ("expected", "expected"),
    "anomalous_orphans": ("anomalous", "anomalous"),
    "orphans_purged": ("record closed", "records closed"),
    "undecided": ("undecided", "undecided"),
    "hidden": ("hidden from our token", "hidden from our token"),
    "replaced": ("replaced by another guest", "replaced by another guest"),
    "total_transitional": ("record in a transient state", "records in a transient state"),
    "stuck_found": ("stuck", "stuck"),
    "stuck_marked_error": ("marked as error", "marked as error"),
    "errors": ("error", "errors"),
}
"""The label of each counter of a run for a person, for one and for any other number."""


@value_object
class Lease:
    """The right of one process to run the jobs of a cluster, until `expires_at` unless it is renewed."""

    cluster: str
    job: str
    owner: str
    """`host:pid:random` of the process that holds it."""
    token: int
    """The fencing token: each new holder gets a higher one, and writes of a lower one are refused."""
    acquired_at: datetime
    expires_at: datetime
    ttl: timedelta


class JobOutcome(StrEnum):
    """The outcome of a run of a job. Only `COMPLETE` saw everything it wanted to see."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    FAILED = "failed"
    HELD = "frozen"
    """The breaker holds the cluster. Databases and JSON have kept the value from before it had a word of its own."""
    UNKNOWN = "unknown"
    """A word of another version of the program. Never written."""

    @classmethod
    def read(cls, text: object) -> JobOutcome:
        """Return the outcome that `text` names, `UNKNOWN` for any other text."""
        return read_word(text, cls.UNKNOWN)

    @property
    def words(self) -> str:
        """The outcome as a person reads it: the breaker *holds* a cluster, and only a person *freezes* one."""
        return "held" if self is JobOutcome.HELD else self.value


def counter_text(counters: Mapping[str, int], *, all: bool = False) -> str:
    """Return counters with their labels: `2 orphans found, 1 anomalous`. Zeros are left out unless `all` is set."""
    parts = []
    for name, number in counters.items():
        one, more = COUNTERS.get(name, (name.replace("_", " "),) * 2)
        if number or all:
            parts.append(f"{number} {one if number == 1 else more}")
    return ", ".join(parts)


class JobTrigger(StrEnum):
    """The reason why a job ran. The words stand in databases: add, never rename."""

    SCHEDULE = "schedule"
    MANUAL = "manual"
    MISSING = "missing"
    """A poll missed a container, or found another guest in its place."""
    CONFIRM = "confirm"
    """The second list that a conclusion needs."""
    UNKNOWN = "unknown"
    """A word of another version of the program. Never written."""


@value_object
class JobRun:
    """One run of a job for a cluster. `outcome` is None while it runs."""

    id: int
    job: str
    cluster: str
    run_by: str
    """`host:pid:random` of the process that runs it."""
    trigger: JobTrigger
    started_at: datetime
    finished_at: datetime | None = None
    outcome: JobOutcome | None = None
    counters: Mapping[str, int] = field(default_factory=dict)
    """The figures of the report by the names of its fields: `orphans_found`, or `stuck_found` of the janitor."""
    reasons: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    token: int | None = None
    """The fencing token it ran under, if it ran under a lease."""
    head: tuple[int, str] | None = None
    """`seq` and hash of the last event when it ended: they betray a trail whose tail was cut."""

    @property
    def outcome_words(self) -> str:
        """The outcome as a person reads it; `running` while there is none."""
        return self.outcome.words if self.outcome is not None else "running"

    @property
    def duration(self) -> timedelta | None:
        """The duration of the run, or None while it runs."""
        return self.finished_at - self.started_at if self.finished_at else None


@value_object
class RunDay:
    """The sums of all runs of a job for a cluster that began on one day (UTC)."""

    job: str
    cluster: str
    day: date
    runs: int
    duration: timedelta
    """Of all of them together."""
    outcomes: Mapping[str, int]
    counters: Mapping[str, int]


@value_object
class Pause:
    """A job that a person has paused for a cluster until it is resumed."""

    job: str
    cluster: str
    at: datetime
    by: str
    reason: str | None = None


class BreakerAnswer(StrEnum):
    """The answer of a person to a mass disappearance: approved as true, or dismissed."""

    APPROVED = "approved"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    """Nobody had to answer: the guests came back."""


@value_object
class BreakerState:
    """A cluster where too much vanished at once. Held until a person answers (ladder, rung 6)."""

    id: int
    cluster: str
    opened_at: datetime
    message: str
    missing: frozenset[int]
    """The ids of the containers that were missing."""
    total: int
    answer: BreakerAnswer | None = None
    answered_by: str | None = None
    note: str | None = None

    @property
    def is_open(self) -> bool:
        """True while it holds the cluster."""
        return self.answer is None
