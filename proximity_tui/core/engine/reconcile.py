"""One reconciliation run over one cluster: survey, judge, gather evidence, write it down.

Law 4: everything written here is in our own database. What it may do with Proxmox is read, by type. Whatever is not
proved stays as it is and is counted as undecided.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from proximity_tui.core.clock import Clock
from proximity_tui.core.doctrine.reconciliation import (
    Breaker,
    Limits,
    Orphan,
    Rung,
    Survey,
    Verdict,
    breaker_trips,
    freeze,
    judge_all,
)
from proximity_tui.core.engine import belonging, burial, evidence, notices, returned
from proximity_tui.core.engine.observed import observed
from proximity_tui.core.engine.report import Fence, Report, present_ids
from proximity_tui.core.engine.survey import Reader, survey
from proximity_tui.core.model import Inventory, Presence
from proximity_tui.core.signals import BreakerState, JobOutcome
from proximity_tui.core.store import breakers, operations, records
from proximity_tui.core.store.errors import LostLease, LostRace, StoreError

log = logging.getLogger(__name__)

RECONCILER = "reconciler"
"""The name of the job, and the actor of its events."""


def run(
    reader: Reader, limits: Limits, clock: Clock, fence: Fence, *, dry_run: bool = False, afresh: bool = False
) -> Report:
    """Reconcile one cluster once. With `dry_run` nothing is written and the report says what would be; with `afresh`
    every look is a first one, because the clock between the looks is not to be believed."""
    cluster = reader.cluster
    containers = records.active(cluster)
    if afresh:
        containers = tuple(replace(one, missing_since=None, half_destroyed_since=None) for one in containers)
    held = [one.container for one in operations.open_operations(cluster) if operations.is_alive(one, clock.now())]
    known = belonging.known(cluster)
    found = survey(
        reader, containers, [one for one in held if one is not None], clock, known, doubted=belonging.doubted(cluster)
    )
    verdicts = judge_all(containers, found, limits)
    state = breakers.state(cluster)
    verdicts, breaker = _apply_breaker(verdicts, limits, state, cluster)
    report = _count(cluster, found, verdicts, breaker)
    if dry_run:
        return report
    return _write(reader, found, report, state, breaker, clock, fence)


def _apply_breaker(
    verdicts: list[Verdict], limits: Limits, state: BreakerState | None, cluster: str
) -> tuple[list[Verdict], Breaker | None]:
    """Freeze what the breaker holds. Approved containers go on; dismissed ones stay undecided until seen again."""
    approved, dismissed = breakers.approved_ids(cluster), breakers.dismissed_ids(cluster)
    why = "a person did not believe that it is gone"
    verdicts = [freeze(one, why) if one.container.id in dismissed else one for one in verdicts]
    breaker = breaker_trips(verdicts, limits, approved) or _still_open(verdicts, state)
    if breaker is None:
        return verdicts, None
    why = f"{breaker.sentence}: a person must answer"
    return [one if one.container.id in approved else freeze(one, why) for one in verdicts], breaker


def _still_open(verdicts: list[Verdict], state: BreakerState | None) -> Breaker | None:
    """An open breaker stays open while anything that it asked about is not listed again."""
    if state is None:
        return None
    asked = [one for one in verdicts if one.container.id in state.missing]
    missing = [one for one in asked if one.presence is not Presence.PRESENT]
    return Breaker(len(missing), len(verdicts)) if missing else None


def _count(cluster: str, found: Survey, verdicts: list[Verdict], breaker: Breaker | None) -> Report:
    guests = found.inventory.guests.values() if found.inventory else ()
    undecided = [one for one in verdicts if one.presence is Presence.UNKNOWN]
    reasons = [found.trouble[1]] if found.trouble else []
    if breaker:
        reasons.insert(0, breaker.sentence)
    reasons += [] if found.inventory is None else list(found.inventory.reasons)
    orphans = [one for one in verdicts if one.concluded]
    return Report(
        cluster=cluster,
        outcome=_outcome(found, verdicts, breaker),
        reasons=tuple(reasons),
        verdicts=tuple(verdicts),
        total_apps=len(verdicts),
        real_vmids_count=sum(1 for guest in guests if guest.type == "lxc"),
        orphans_found=len(orphans),
        expected_orphans=sum(1 for one in orphans if one.orphan is Orphan.EXPECTED),
        anomalous_orphans=sum(1 for one in orphans if one.orphan is Orphan.ANOMALOUS),
        undecided=len(undecided),
        hidden=sum(1 for one in verdicts if one.presence is Presence.HIDDEN),
        replaced=sum(1 for one in verdicts if one.presence is Presence.REPLACED),
    )


_ORDINARY = (Rung.SECOND_LOOK, Rung.OPERATION, Rung.NEVER_SEEN, Rung.NO_VMID, Rung.SETTLING, Rung.NODE_OFFLINE)
"""Rungs on which a container may wait without the run being any less complete."""


def _outcome(found: Survey, verdicts: list[Verdict], breaker: Breaker | None) -> JobOutcome:
    if breaker:
        return JobOutcome.FROZEN
    if found.inventory is None or found.trouble or not found.inventory.complete:
        return JobOutcome.PARTIAL
    doubtful = any(one.presence is Presence.UNKNOWN and one.rung not in _ORDINARY for one in verdicts)
    return JobOutcome.PARTIAL if doubtful else JobOutcome.COMPLETE


def _write(
    reader: Reader,
    found: Survey,
    report: Report,
    state: BreakerState | None,
    breaker: Breaker | None,
    clock: Clock,
    fence: Fence,
) -> Report:
    errors: list[str] = []
    inventory = found.inventory
    if inventory is not None:
        seen = [observed(one, inventory, found.unread, found.confirmed) for one in report.verdicts]
        with fence():
            records.observe(seen, actor=RECONCILER)
            breakers.seen_again(report.cluster, present_ids(report))
    with fence():
        notices.about_cluster(report, found, state, breaker)
    purged = 0
    if inventory is not None:
        orphans = [one for one in report.verdicts if one.concluded]
        purged = sum(_bury(reader, one, inventory, clock, fence, errors) for one in orphans)
        returned.about_returned(reader, inventory, fence, errors)
    if not report.orphans_found and not errors:
        log.info("reconciled %s: %s, nothing to do", report.cluster, report.outcome)
    return replace(report, orphans_purged=purged, errors=tuple(errors))


def _bury(reader: Reader, verdict: Verdict, inventory: Inventory, clock: Clock, fence: Fence, errors: list[str]) -> int:
    """Close one proved orphan. Somebody who was faster is no error, and neither is a guest that was seen meanwhile:
    the evidence takes its time, and the proof is only as young as the list."""
    gathered: dict[str, Any] = {}
    if verdict.orphan is Orphan.ANOMALOUS:
        gathered = evidence.gather(reader, verdict.container, dict(inventory.nodes), clock)
    try:
        with fence():
            seen = records.get(verdict.container.id).observed_at
            if seen is not None and seen > inventory.taken_at:
                return 0
            burial.close_orphan(verdict, gathered)
    except LostLease:
        raise
    except LostRace:
        return 0
    except StoreError as error:
        errors.append(f"{verdict.container.label}: {error}")
        return 0
    return 1
