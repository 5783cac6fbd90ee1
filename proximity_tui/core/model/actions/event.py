"""One line of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from proximity_tui.core.base.value_object import value_object


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
