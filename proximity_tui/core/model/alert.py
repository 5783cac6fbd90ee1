"""Alerts: what a person must look at, and its delivery to Sentry and to the channels of the people on call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from proximity_tui.core.base.value_object import value_object


class Severity(StrEnum):
    """The severity of an alert. Red is on every screen; amber waits on the list of alerts."""

    RED = "red"
    AMBER = "amber"


BECAME_RED = "it became red: a red alert takes its place"
"""The resolution of an amber alert whose anomaly became worse. It is not over, so no channel is told that it is."""


class AlertKind(StrEnum):
    """The kinds of alert that other code uses by name. A kind is text: jobs may have more."""

    ANOMALOUS_ORPHAN = "anomalous_orphan"
    MASS_DISAPPEARANCE = "mass_disappearance"
    REPLACED = "replaced"
    IDENTITY_WEAKENED = "identity_weakened"
    """Its fingerprint agrees only in part with the recorded one: perhaps it was rewired, perhaps created again."""
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
    """Given up as `error`, had been alive, and gone without anybody asking for it."""
    RETURNED = "returned"
    """Vanished once, and listed again with its fingerprint."""
    REAPPEARED = "reappeared"
    """Vanished once, and listed under another VMID with its fingerprint."""
    CHANNEL_FAILED = "channel_failed"
    """A channel of the people on call does not take what it is sent; `name` is the channel."""
    NODE_OFFLINE = "node_offline"
    QUORUM_LOST = "quorum_lost"
    STORAGE_UNAVAILABLE = "storage_unavailable"
    """A node that is online cannot reach a storage that it should have."""
    STORAGE_FULL = "storage_full"
    """More of a storage is used than `alerts.storage_used` allows."""
    CERTIFICATE_EXPIRES = "certificate_expires"
    BACKUP_FAILED = "backup_failed"
    CPU_HIGH = "cpu_high"
    MEMORY_HIGH = "memory_high"
    DISK_HIGH = "disk_high"
    """A figure of a container was above the threshold of `[thresholds.alert]` for many readings."""
    DRIFT = "drift"
    """A setting that `drift.alert` names differs from the baseline."""


class DeliveryState(StrEnum):
    """The delivery of an alert to Sentry. `CLAIMED` without an end means: perhaps sent, not known (law 5)."""

    NONE = "none"
    PENDING = "pending"
    CLAIMED = "claimed"
    DELIVERED = "delivered"
    FAILED = "failed"


@value_object
class Acknowledgement:
    """The person who has seen an alert, the time, and the note."""

    at: datetime
    by: str
    note: str


@value_object
class Delivery:
    """The Sentry event of an alert. `event_id` is determined before the first attempt, so that two attempts are one
    event.
    """

    state: DeliveryState
    event_id: str | None = None
    attempts: int = 0
    error: str | None = None
    retry_at: datetime | None = None
    delivered_at: datetime | None = None


class Occasion(StrEnum):
    """The reason of a message about an alert on a channel."""

    OPENED = "opened"
    RESOLVED = "resolved"


@value_object
class ChannelDelivery:
    """A message about an alert on one channel, as far as anybody tried to send it."""

    alert: int
    channel: str
    state: DeliveryState
    attempts: int
    claimed_at: datetime
    """The start of the last attempt."""
    error: str | None = None
    retry_at: datetime | None = None
    delivered_at: datetime | None = None
    occasion: Occasion = Occasion.OPENED
    unanswered_at: datetime | None = None
    """The start of the first attempt after which it may have arrived: nobody knows how that ended. None for none."""
    claimed_by: str = ""
    """The signature of the process that made the last attempt."""

    @property
    def subject(self) -> str:
        """The subject of the message, as a sentence names it: `alert 12`, or `end of alert 12`."""
        return f"end of alert {self.alert}" if self.occasion is Occasion.RESOLVED else f"alert {self.alert}"


@value_object
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
    """What shows it, as JSON data; which keys there are depends on the kind. `when` is a time as ISO text."""
    delivery: Delivery

    @property
    def is_open(self) -> bool:
        """True while it waits for a person: neither acknowledged nor resolved."""
        return self.acknowledged is None and self.resolved_at is None
