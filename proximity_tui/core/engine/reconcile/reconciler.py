"""One reconciliation run over one cluster: collect, judge, gather evidence, write it down.

Law 4: everything written here is in our own database. By its type, the access to Proxmox only reads. Everything that is
not proved stays as it is and is counted as undecided.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.doctrine.reconciliation.ladder import doubtful, outcome_of
from proximity_tui.core.doctrine.reconciliation.verdict import ClusterSnapshot, Limits, Orphan, Verdict
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.engine.observe.status_update import observed, unchanged
from proximity_tui.core.engine.reconcile import (
    close_orphan,
    cluster_alerts,
    drift_alerts,
    evidence,
    reappeared_alerts,
    run_alerts,
    stale_locks,
)
from proximity_tui.core.engine.reconcile.judgement import Judgement, judge_cluster
from proximity_tui.core.engine.reconcile.report import Report, WriteScope, present_ids
from proximity_tui.core.model import Inventory, Presence
from proximity_tui.core.model.guests.guest_list import count_containers
from proximity_tui.core.proxmox.transport.root_ca import answering
from proximity_tui.core.store.db.store_errors import LostLease, LostRace, StoreError
from proximity_tui.core.store.jobs import breakers
from proximity_tui.core.store.records import operations, records
from proximity_tui.core.store.records.known import KnownRecords

log = logging.getLogger(__name__)

_EVIDENCE_PATIENCE, _RETURNED_PATIENCE = 30.0, 60.0
"""Seconds for the evidence about one orphan, and for a look at what came back and at stale locks (law 10)."""

_MOST_TOLD = 20
"""How many rows that were set aside are named in one report."""

RECONCILER = "reconciler"
"""The name of the job, and the actor of its events."""


MOST_DOUBTS = 10
"""How many containers a partial run names as its reason."""


def run(
    reader: Reader,
    limits: Limits,
    clock: Clock,
    write_scope: WriteScope,
    *,
    dry_run: bool = False,
    known: KnownRecords | None = None,
) -> Report:
    """Reconcile one cluster once and return the report. With `dry_run` nothing is written and the report says what
    would be. `known` are the records that the process has in memory, if it has any.
    """
    judged = judge_cluster(reader, limits, clock, known or KnownRecords())
    report = _report_on(reader.cluster, judged)
    if dry_run:
        return report
    return _write(reader, judged, report, clock, write_scope, limits)


def _report_on(cluster: str, judged: Judgement) -> Report:
    snapshot, verdicts, breaker = judged.snapshot, judged.verdicts, judged.breaker
    reasons = [snapshot.blocked.why] if snapshot.blocked else []
    if breaker:
        reasons.insert(0, breaker.sentence)
    if snapshot.inventory is not None:
        reasons += [*snapshot.inventory.reasons, *_unmanaged_set_aside(snapshot.inventory, verdicts)]
    reasons += _doubts(verdicts, reasons)
    orphans = [one for one in verdicts if one.concluded]
    number = Counter(one.presence for one in verdicts)
    return Report(
        cluster=cluster,
        outcome=outcome_of(snapshot, verdicts, held=breaker is not None),
        reasons=tuple(reasons),
        verdicts=tuple(verdicts),
        as_recorded=snapshot.as_recorded,
        total_apps=len(verdicts) + len(snapshot.as_recorded),
        real_vmids_count=count_containers(snapshot.inventory.guests) if snapshot.inventory else 0,
        orphans_found=len(orphans),
        expected_orphans=sum(1 for one in orphans if one.orphan is Orphan.EXPECTED),
        anomalous_orphans=sum(1 for one in orphans if one.orphan is Orphan.ANOMALOUS),
        undecided=number[Presence.UNKNOWN],
        hidden=number[Presence.HIDDEN],
        replaced=number[Presence.REPLACED],
        answering=tuple(answering(snapshot.inventory.node_statuses)) if snapshot.inventory else (),
    )


def _unmanaged_set_aside(inventory: Inventory, verdicts: list[Verdict]) -> list[str]:
    """Return the reasons for rows of guests without a record that could not be read. An unreadable row of our
    containers is among the doubts, and a row that does not say whose it is among the reasons of the list.
    """
    known = {None, *(one.container.vmid for one in verdicts)}
    told = [f"CT {row.vmid}: its row was set aside: {row.why}" for row in inventory.set_aside if row.vmid not in known]
    more = len(told) - _MOST_TOLD
    return told if more <= 0 else [*told[:_MOST_TOLD], f"and {more} more rows"]


def _doubts(verdicts: list[Verdict], told: list[str]) -> list[str]:
    """Return the reasons for containers that should have been seen and were not, unless they are in `told` already; of
    many only the first.
    """
    found = [f"{one.container.label}: {one.reason}" for one in doubtful(verdicts) if one.reason not in told]
    more = [f"and {len(found) - MOST_DOUBTS} more"] if len(found) > MOST_DOUBTS else []
    return [*found[:MOST_DOUBTS], *more]


def _write(
    reader: Reader, judged: Judgement, report: Report, clock: Clock, write_scope: WriteScope, limits: Limits
) -> Report:
    errors: list[str] = []
    snapshot, inventory = judged.snapshot, judged.snapshot.inventory
    if inventory is not None:
        with write_scope():
            _write_seen(report, snapshot, inventory, judged.seq)
            breakers.seen_again(report.cluster, present_ids(report))
    with write_scope():
        run_alerts.about_cluster(report, snapshot, judged.asked, judged.breaker)
        if inventory is not None:
            cluster_alerts.about_list(inventory, limits)
    drift_alerts.about_drift(report.cluster, limits.drift, write_scope)
    purged = 0
    if inventory is not None:
        orphans = [one for one in report.verdicts if one.concluded]
        purged = sum(_close_orphans(reader, one, inventory, clock, write_scope, errors) for one in orphans)
        with reader.within(_RETURNED_PATIENCE):
            reappeared_alerts.about_returned(reader, inventory, write_scope, errors)
            stale_locks.about_locks(reader, report, snapshot, inventory, write_scope)
    if not report.orphans_found and not errors:
        log.info("reconciled %s: %s, nothing to do", report.cluster, report.outcome.words)
    return replace(report, orphans_purged=purged, errors=tuple(errors))


def _write_seen(report: Report, snapshot: ClusterSnapshot, inventory: Inventory, seq: int) -> None:
    """Write down what was seen of each container: of those that are as recorded in one row, or each by itself where it
    is not known which records were changed after the number `seq`.
    """
    at, judged = inventory.taken_at, {one.container.id for one in report.verdicts}
    seen = [observed(one, inventory, snapshot.seen.get(one.container.id)) for one in report.verdicts]
    if report.as_recorded and not records.seen_again(report.cluster, at, but=judged, seq=seq):
        seen += [unchanged(one, at) for one in report.as_recorded]
    records.observe(seen, actor=RECONCILER)


def _close_orphans(
    reader: Reader, verdict: Verdict, inventory: Inventory, clock: Clock, write_scope: WriteScope, errors: list[str]
) -> int:
    """Close one proved orphan and return the number of closed records. A record that was closed meanwhile is no error,
    and neither is a guest that was seen meanwhile, or an operation that was resumed: gathering takes time, and the
    proof is only as young as the list.
    """
    gathered, ours = evidence.Evidence(), close_orphan.our_destroy(verdict)
    with reader.within(_EVIDENCE_PATIENCE):
        if verdict.orphan is Orphan.ANOMALOUS:
            gathered = evidence.gather(reader, verdict.container, dict(inventory.node_statuses), clock)
        elif ours is not None:
            gathered = evidence.of_our_destroy(reader, ours)
    try:
        with write_scope():
            container = verdict.container.id
            if records.seen_since(container, inventory.taken_at) or operations.is_busy(container):
                return 0
            close_orphan.close_orphan(verdict, gathered)
    except LostLease:
        raise
    except LostRace:
        return 0
    except StoreError as error:
        errors.append(f"{verdict.container.label}: {error}")
        return 0
    return 1
