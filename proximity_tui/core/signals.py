"""What the jobs leave behind, as enums and frozen dataclasses: alerts, leases, runs, pauses and the breaker.

The second half of `model`: it knows what these things are, and nothing of who makes them or where they are kept.
Times are timezone-aware UTC datetimes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How loud an alert is. Red is on every screen; amber waits on the list of alerts."""

    RED = "red"
    AMBER = "amber"


class AlertKind(StrEnum):
    """The kinds of alert that other code asks for by name. A kind is text: jobs may have more."""

    ANOMALOUS_ORPHAN = "anomalous_orphan"
    MASS_DISAPPEARANCE = "mass_disappearance"
    REPLACED = "replaced"
    IDENTITY_WEAKENED = "identity_weakened"
    """Its fingerprint agrees only in part with the recorded one (N26): perhaps it was rewired, perhaps made anew."""
    PERMISSION_LOST = "permission_lost"
    QUORUM_HIDDEN = "quorum_hidden"
    """Our token lacks Sys.Audit on /: whether the cluster is quorate cannot be seen."""
    UNREACHABLE = "unreachable"
    CERTIFICATE_CHANGED = "certificate_changed"
    DATABASE_ALTERED = "database_altered"
    """Triggers of the database were missing or made again: something may have been changed past the program."""
    CLUSTER_CHANGED = "cluster_changed"
    """Another root CA: by all that is known it is another cluster that answers now."""
    JOB_FAILED = "job_failed"
    """A job ended with an error that nobody thought of: it is a mistake of ours."""
    HALF_DESTROYED = "half_destroyed"
    """Only what a destroy left is listed, and no destroy is at work on it any more."""
    STALE_LOCK = "stale_lock"
    """A lock that outlived its task: nothing works on the guest, and every change of it is refused."""
    LOST_IN_ERROR = "lost_in_error"
    """Given up as `error`, had been alive, and gone without anybody asking for it (N63)."""
    RETURNED = "returned"
    """Vanished once, and listed again with its fingerprint (N28)."""
    REAPPEARED = "reappeared"
    """Vanished once, and listed under another VMID with its fingerprint (N27)."""


class DeliveryState(StrEnum):
    """How far the Sentry event of an alert is. `CLAIMED` without an end means: perhaps sent, not known (law 5)."""

    NONE = "none"
    PENDING = "pending"
    CLAIMED = "claimed"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who has seen an alert, when, and what they had to say."""

    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """The Sentry event of an alert. `event_id` is settled before the first attempt, so that two are one event."""

    state: DeliveryState
    event_id: str | None = None
    attempts: int = 0
    error: str | None = None
    retry_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person must look at, kept for ever."""

    id: int
    severity: Severity
    kind: str
    cluster: str | None
    vmid: int | None
    container: int | None
    """The id of the record it is about, open or closed by now."""
    name: str | None
    message: str
    opened_at: datetime
    last_seen_at: datetime
    count: int
    """How often it was seen; 1 means it was just opened."""
    acknowledged: Acknowledgement | None
    resolved_at: datetime | None
    resolution: str | None
    evidence: Mapping[str, Any]
    delivery: Delivery

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a person: neither acknowledged nor resolved."""
        return self.acknowledged is None and self.resolved_at is None


@dataclass(frozen=True, slots=True)
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
    """How a run of a job ended. Only `COMPLETE` saw everything it wanted to see."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    FAILED = "failed"
    FROZEN = "frozen"

    @property
    def words(self) -> str:
        """Return what a person reads: the breaker *holds* a cluster, and only a person *freezes* one."""
        return "held" if self is JobOutcome.FROZEN else self.value


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run of a job for a cluster. `outcome` is None while it runs."""

    id: int
    job: str
    cluster: str
    run_by: str
    """`host:pid:random` of the process that runs it."""
    trigger: str
    """What made it run: `schedule`, `start`, `manual`, `missing`."""
    started_at: datetime
    finished_at: datetime | None = None
    outcome: JobOutcome | None = None
    counters: Mapping[str, int] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    token: int | None = None
    """The fencing token it ran under, if it ran under a lease."""
    head: tuple[int, str] | None = None
    """`seq` and hash of the last event when it ended: they betray a trail whose tail was cut."""

    @property
    def outcome_words(self) -> str:
        """Return how it ended as a person reads it; `running` while it has not."""
        return self.outcome.words if self.outcome is not None else "running"

    @property
    def duration(self) -> timedelta | None:
        """How long it took, or None while it runs."""
        return self.finished_at - self.started_at if self.finished_at else None


@dataclass(frozen=True, slots=True)
class Pause:
    """A job that a person has stopped for a cluster until somebody resumes it."""

    job: str
    cluster: str
    at: datetime
    by: str
    reason: str | None = None


class BreakerAnswer(StrEnum):
    """What a person said of a mass disappearance: it is true, or it is not to be believed."""

    APPROVED = "approved"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    """Nobody had to answer: the guests came back."""


@dataclass(frozen=True, slots=True)
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
        """Whether the cluster is held because of it."""
        return self.answer is None
