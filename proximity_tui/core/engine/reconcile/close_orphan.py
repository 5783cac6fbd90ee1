"""The closing of a record whose guest is proved gone: ports released, tombstone, history kept.

It touches only our database. An expected orphan is an INFO line; an anomalous one is CRITICAL, with a red alert that
carries the evidence. Runs inside the caller's transaction; the lines are written once that is committed.
"""

from __future__ import annotations

import logging

from proximity_tui.core.doctrine.actions.deletion import HARD_PHRASE, ending_when_gone
from proximity_tui.core.doctrine.actions.sent_requests import evidence_of, is_outlived, may_have_removed
from proximity_tui.core.doctrine.reconciliation.verdict import (
    ANOMALOUS_PHRASE,
    EXPECTED_PHRASE,
    Orphan,
    Verdict,
    deserves_notice,
)
from proximity_tui.core.engine.reconcile.evidence import Evidence
from proximity_tui.core.model import Action, ClosedReason, Operation, OperationStatus
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.after_commit import after_commit
from proximity_tui.core.store.records import clinical_records, operations, records

log = logging.getLogger(__name__)


def close_orphan(verdict: Verdict, gathered: Evidence) -> None:
    """Close one orphan by its verdict. Raises `LostRace` when the record changed since it was judged."""
    ours = our_destroy(verdict)
    if ours is not None and not gathered.destroy_failed:
        _close_destroyed(verdict, ours)
    elif verdict.orphan is Orphan.ANOMALOUS:
        _close_anomalous(verdict, gathered)
    else:
        _close_expected(verdict, ours)
    alerts.resolve(alerts.key_of(AlertKind.HALF_DESTROYED, container=verdict.container.id), "it is proved gone")


def our_destroy(verdict: Verdict) -> Operation | None:
    """Return our hard delete that sent its destroy, by a task that is known, and was interrupted before it could record
    the end; else None: then the orphan is an expected one. So it is where the guest was seen alive long after that.
    """
    if verdict.orphan is not Orphan.EXPECTED:
        return None
    container, unfinished = verdict.container, (OperationStatus.OPEN, OperationStatus.INTERRUPTED)
    mine = [one for one in operations.for_container(container.id) if one.status in unfinished]
    sent = (one for one in mine if ending_when_gone(one) is ClosedReason.DESTROYED)
    return next((one for one in sent if not is_outlived(one, container.observed_at)), None)


def _close_destroyed(verdict: Verdict, operation: Operation) -> None:
    """End a hard delete as done: its guest is gone by our own destroy, and only the record of that was missing."""
    container = verdict.container
    found = {"found_by": "reconciler", "proof": verdict.reason}
    operations.conclude(operation.id, found)
    records.close(
        container,
        reason=ClosedReason.DESTROYED,
        actor=operation.actor,
        action=Action.HARD_DELETE,
        message=HARD_PHRASE,
        evidence={**evidence_of(operation, operation.vmid), **found},
    )
    after_commit(lambda: log.info("%s: %s, found gone by the reconciler", HARD_PHRASE, container.label))


def _close_expected(verdict: Verdict, failed: Operation | None) -> None:
    """Close an expected orphan. `failed` is the hard delete whose task is known to have failed, if there is one."""
    container = verdict.container
    asked = [one for one in operations.for_container(container.id) if one.action is Action.HARD_DELETE]
    explained = any(may_have_removed(one) and not is_outlived(one, container.observed_at) for one in asked)
    in_vain = failed
    if failed is None and asked and not explained:
        in_vain = asked[-1]
    records.close(
        container,
        reason=ClosedReason.REMOVED,
        actor="reconciler",
        action=EventAction.EXPECTED_ORPHAN,
        message=f"{EXPECTED_PHRASE}: {container.label}, was {container.state}",
        evidence={"proof": verdict.reason, "missing_since": verdict.missing_since, **_not_by(in_vain)},
    )
    after_commit(lambda: log.info("%s: %s, was %s", EXPECTED_PHRASE, container.label, container.state))
    if deserves_notice(container, explained=bool(asked) and in_vain is None):
        why = f"operation {in_vain.id} did not destroy it" if in_vain else "no deletion was asked for"
        message = f"{container.name}  CT {container.vmid} is gone; its state was error, {why}"
        evidence = {"last_error": container.last_error, "last_seen": container.observed_at, **_not_by(in_vain)}
        alerts.raise_about(container, AlertKind.LOST_IN_ERROR, Severity.AMBER, message, evidence)


def _not_by(operation: Operation | None) -> dict[str, int]:
    """Return the evidence that a hard delete of ours did not remove it: nobody else is named either (law 7)."""
    return {} if operation is None else {"not_by_operation": operation.id}


def _close_anomalous(verdict: Verdict, gathered: Evidence) -> None:
    container = verdict.container
    record = clinical_records.latest(container.id)
    proof = {"proof": verdict.reason, "missing_since": verdict.missing_since, **gathered.facts}
    records.close(
        container,
        reason=ClosedReason.VANISHED,
        actor="reconciler",
        action=EventAction.ANOMALOUS_ORPHAN,
        message=f"{ANOMALOUS_PHRASE}: {container.label}, was {container.state}",
        evidence=proof,
    )
    evidence = {
        **proof,
        "node": container.node,
        "kind": container.kind,
        "anomaly_type": "manually_deleted",
        "clinical_revision": record.revision if record else None,
        "config": record.record.config if record else None,
    }
    alerts.raise_about(container, AlertKind.ANOMALOUS_ORPHAN, Severity.RED, gathered.sentence, evidence)
    after_commit(lambda: log.critical("%s: %s, was %s", ANOMALOUS_PHRASE, container.label, container.state))
