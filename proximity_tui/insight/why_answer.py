"""The explanation of one row: the ladder, judged for it now, why it needs a person, and what the jobs do next.

It reads, Proxmox as well as our records, and writes nothing. It blocks like a dry run of the reconciler.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.reconciliation.explanation import RungReport, explain, next_step
from proximity_tui.core.doctrine.reconciliation.janitor_diagnosis import diagnose, hours_and_minutes, stuck_in
from proximity_tui.core.doctrine.reconciliation.verdict import Verdict
from proximity_tui.core.engine.reconcile.janitor_run import JANITOR
from proximity_tui.core.engine.reconcile.judgement import Judgement, judge_cluster
from proximity_tui.core.engine.reconcile.reconciler import RECONCILER
from proximity_tui.core.fleet import FleetRow, managed_rows
from proximity_tui.core.jobs.next_run import CONFIRM_SLACK, after_takeover
from proximity_tui.core.model import Container, Event, Operation, Presence
from proximity_tui.core.model.alert import Alert, AlertKind
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.clock_readings import clock_reading
from proximity_tui.core.store.jobs import job_runs, leases
from proximity_tui.core.store.records import operations, records
from proximity_tui.runtime.job_settings import limits

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

MOST_EVENTS = 200
"""Events of a record in which the one that put it into its state is looked for."""

CHANGED_MEANWHILE = "Its record changed while the cluster was asked. Ask again."
"""Why an open record was not judged: its cluster got another name meanwhile."""


@value_object
class JobForecast:
    """What the next run of a job does about a container, and when that is."""

    job: str
    at: datetime | None
    """When it runs next; None while it is paused, or no process runs the jobs."""
    does: str
    not_running: str | None = None
    """Why it does not run."""


@value_object
class Why:
    """Everything that explains one container."""

    asked_at: datetime
    container: Container
    presence: Presence
    conclusion: str
    rungs: tuple[RungReport, ...]
    not_judged: str | None
    """Why the ladder was not judged: its record is closed, or its cluster is not asked."""
    row: FleetRow | None
    """The row that lists show; None for a closed record."""
    since: Event | None
    """The event that put it into its state, or closed it."""
    alerts: tuple[Alert, ...]
    """The alerts about it that are not over, and the one that holds its cluster."""
    jobs: tuple[JobForecast, ...]


def why(context: AppContext, container_id: int) -> Why:
    """Return the explanation of a record, open or closed. Raises StoreError."""
    container = records.get(container_id)
    if container.is_tombstone:
        return _of_tombstone(context, container)
    client = context.clients.get(container.cluster)
    clock = context.clock
    judged = None
    if client is not None:
        one = frozenset({container_id})
        judged = judge_cluster(client, limits(context.settings), clock, context.known, closely=one)
    now = records.get(container_id)
    return _of_tombstone(context, now) if now.is_tombstone else _of_record(context, now, judged)


def _of_tombstone(context: AppContext, container: Container) -> Why:
    reason = f"Its record is closed: {container.closed_words}."
    return Why(
        asked_at=context.clock.now(),
        container=container,
        presence=container.presence,
        conclusion=reason,
        rungs=(),
        not_judged="Only open records are judged.",
        row=None,
        since=_closing(container),
        alerts=_alerts(container),
        jobs=(),
    )


def _of_record(context: AppContext, container: Container, judged: Judgement | None) -> Why:
    now, cluster = context.clock.now(), container.cluster
    result = judged.result_of(container.id) if judged is not None else None
    verdict = result.verdict if result is not None else None
    standing = operations.without_dead_owners(operations.open_operations(cluster))
    operation = next((one for one in standing if one.container == container.id), None)
    inventory = judged.snapshot.inventory if judged is not None else None
    silent = {} if inventory is not None else {cluster: _why_silent(context, container, verdict)}
    [row] = managed_rows(
        [container],
        {} if inventory is None else {cluster: inventory},
        () if operation is None else (operation,),
        silent,
        context.drifts.by_ids([container.id]),
        context.settings.alerts.storage_used,
    )
    row = row if verdict is None else _as_judged(row, verdict)
    rungs: tuple[RungReport, ...] = ()
    if judged is not None and result is not None:
        rungs = explain(result, judged.snapshot, tuple(judged.verdicts), limits(context.settings), judged.breaker)
    return Why(
        asked_at=now,
        container=container,
        presence=verdict.presence if verdict is not None else Presence.UNKNOWN,
        conclusion=verdict.reason if verdict is not None else silent.get(cluster, CHANGED_MEANWHILE),
        rungs=rungs,
        not_judged=None if rungs else silent.get(cluster, CHANGED_MEANWHILE),
        row=row,
        since=_entered_state(container),
        alerts=_alerts(container),
        jobs=(_reconciler(context, container, verdict), _janitor(context, container, operation)),
    )


def _as_judged(row: FleetRow, verdict: Verdict) -> FleetRow:
    """Return the row as it will be once the verdict is written down."""
    record = row.container
    if record is None or verdict.presence is Presence.PRESENT:
        return row
    missed = replace(
        record,
        missing_since=verdict.missing_since or record.missing_since,
        half_destroyed_since=verdict.half_destroyed_since or record.half_destroyed_since,
    )
    return replace(row, presence=verdict.presence, reason=verdict.reason, container=missed)


def _why_silent(context: AppContext, container: Container, verdict: Verdict | None) -> str:
    if verdict is not None:
        return verdict.reason
    return f"{context.settings.why_not_contacted(container.cluster)}, so it was not asked"


def _entered_state(container: Container) -> Event | None:
    """Return the event with which a record entered its state; None where it is older than what is read."""
    found = events.list_events(container=container.id, limit=MOST_EVENTS)
    return next((one for one in found if _state_after(one) == container.state), None)


def _state_after(event: Event) -> object:
    return event.evidence.get("to", event.evidence.get("state"))


def _closing(container: Container) -> Event | None:
    """Return the event that closed a record."""
    found = events.list_events(container=container.id, limit=MOST_EVENTS)
    return next((one for one in found if "ports_freed" in one.evidence), None)


def _alerts(container: Container) -> tuple[Alert, ...]:
    mine = [one for one in alerts.for_container(container.id) if one.resolved_at is None]
    return (*mine, *alerts.open_of_kind(AlertKind.MASS_DISAPPEARANCE, container.cluster))


def _reconciler(context: AppContext, container: Container, verdict: Verdict | None) -> JobForecast:
    does = next_step(verdict) if verdict is not None else "It concludes nothing of it."
    wanted = (
        verdict.confirm_at + CONFIRM_SLACK if verdict is not None and verdict.waits and verdict.confirm_at else None
    )
    return _forecast(context, RECONCILER, container.cluster, does, wanted)


def _janitor(context: AppContext, container: Container, operation: Operation | None) -> JobForecast:
    now, thresholds = clock_reading(), context.settings.janitor.limits
    alive = operation is not None and operations.is_alive(operation, now)
    left = stuck_in(container, alive, now, thresholds)
    found = diagnose(container, operation, alive, now, thresholds)
    if found is not None:
        does = f"It marks the container as error: {found.reason}."
    elif left is not None:
        does = f"It marks the container as error if it is still {container.state} in {hours_and_minutes(left)}."
    elif alive:
        does = "It does nothing, because the process of its operation is alive."
    else:
        does = f"It does nothing, because {container.state} is no transient state."
    return _forecast(context, JANITOR, container.cluster, does, None)


def _forecast(context: AppContext, job: str, cluster: str, does: str, wanted: datetime | None) -> JobForecast:
    """Return when a job runs next, at `wanted` if that is sooner than by its interval."""
    settings, now = context.settings, context.clock.now()
    if cluster not in context.clients:
        return JobForecast(job, None, does, context.settings.why_not_contacted(cluster))
    if paused := job_runs.paused(job, cluster):
        return JobForecast(job, None, does, f"paused by {paused.by}: {paused.reason or 'no reason given'}")
    if leases.holder(cluster) is None:
        return JobForecast(job, None, does, "no process runs the jobs now (the daemon or the screens do)")
    interval = (settings.reconciler if job == RECONCILER else settings.janitor).interval
    by_clock = after_takeover(job, cluster, now, interval=interval, confirm_after=settings.reconciler.confirm_after)
    return JobForecast(job, max(now, min(by_clock, wanted or by_clock)), does)
