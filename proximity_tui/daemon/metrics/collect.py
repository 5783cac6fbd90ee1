"""The metrics of jobs, records, alerts and leases, as families of samples.

It reads, and changes nothing. An unknown value has no sample; `proximity_store_up` says whether the records were read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from proximity_tui import __version__
from proximity_tui.core.base import process_id
from proximity_tui.core.model import ClosedReason, OperationStatus
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.clock_readings import clock_reading
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import counting, operations
from proximity_tui.daemon.metrics.exposition import Family, Sample

if TYPE_CHECKING:
    from proximity_tui.core.jobs.status import JobStatus
    from proximity_tui.runtime.context import AppContext
    from proximity_tui.runtime.services import Services

_CLASSES = {ClosedReason.VANISHED: "anomalous", ClosedReason.REMOVED: "expected"}


def collect(services: Services) -> list[Family]:
    """Return all present metrics. Blocks for as long as the database does, and never for a cluster."""
    session = services.session
    try:
        told = [*_jobs(services.status()), *_records(session), *_alerts()]
    except StoreError:
        told = []
    return [*_process(services, bool(told)), *_clusters(session), *told]


def _process(services: Services, store_up: bool) -> Iterable[Family]:
    now = services.session.engine.clock.now().timestamp()
    yield _gauge("info", "The version of Proximity TUI.", Sample(1, {"version": __version__}))
    yield _gauge("collected_timestamp_seconds", "Unix time at which these metrics were collected.", Sample(now))
    yield _gauge("store_up", "1 if the records could be read, else 0.", Sample(store_up))
    alive = Sample(services.alive)
    yield _gauge("scheduler_alive", "1 if the scheduler of the jobs in this process works, else 0.", alive)


def _clusters(session: AppContext) -> Iterable[Family]:
    """Yield the age of each cluster's last answer: the age that every screen shows."""
    now = session.engine.clock.now()
    looks = [poller.latest for poller in session.pollers.values()]
    seen = [(look.cluster, look.inventory) for look in looks if look.inventory is not None]
    yield _gauge(
        "cluster_healthy",
        "1 if the latest poll of a cluster succeeded, else 0.",
        *(Sample(one.healthy, {"cluster": one.cluster}) for one in looks if one.inventory or one.error),
    )
    yield _gauge(
        "data_timestamp_seconds",
        "Unix time of the latest inventory of a cluster.",
        *(Sample(one.taken_at.timestamp(), {"cluster": cluster}) for cluster, one in seen),
    )
    yield _gauge(
        "data_age_seconds",
        "Age of the latest inventory of a cluster in seconds.",
        *(Sample((now - one.taken_at).total_seconds(), {"cluster": cluster}) for cluster, one in seen),
    )


def _jobs(statuses: Iterable[JobStatus]) -> Iterable[Family]:
    found = [(one, {"job": one.job, "cluster": one.cluster}) for one in statuses]
    ended = [(one.last, labels) for one, labels in found if one.last is not None]
    yield _gauge(
        "job_last_run_timestamp_seconds",
        "Unix time at which the last finished run of a job began.",
        *(Sample(run.started_at.timestamp(), labels) for run, labels in ended),
    )
    yield _gauge(
        "job_last_run_duration_seconds",
        "Duration of the last run of a job in seconds.",
        *(Sample(run.duration.total_seconds(), labels) for run, labels in ended if run.duration is not None),
    )
    yield _gauge(
        "job_last_run_outcome",
        "1 for the outcome of the last run of a job, 0 for the others.",
        *(Sample(run.outcome is one, {**labels, "outcome": one}) for run, labels in ended for one in JobOutcome),
    )
    yield _gauge(
        "job_last_run_count",
        "Counters of the last run of a job.",
        *(Sample(n, {**labels, "counter": name}) for run, labels in ended for name, n in run.counters.items()),
    )
    yield _gauge(
        "job_running",
        "1 if this process runs a job now, else 0.",
        *(Sample(one.running_since is not None, labels) for one, labels in found),
    )
    yield _gauge(
        "job_paused",
        "1 if a person paused a job, else 0.",
        *(Sample(one.paused is not None, labels) for one, labels in found),
    )
    leases = {one.cluster: one for one, _ in found}
    yield _gauge(
        "lease_held",
        "1 if a process holds the lease of a cluster, else 0.",
        *(Sample(one.holder is not None, {"cluster": cluster}) for cluster, one in leases.items()),
    )
    yield _gauge(
        "lease_info",
        "The process that holds the lease of a cluster.",
        *(_holder(one.holder.owner, cluster) for cluster, one in leases.items() if one.holder is not None),
    )


def _holder(signature: str, cluster: str) -> Sample:
    owner = process_id.read(signature)
    daemon = "true" if owner.daemon else "false"
    return Sample(1, {"cluster": cluster, "owner": signature, "host": owner.host, "daemon": daemon})


def _records(session: AppContext) -> Iterable[Family]:
    yield _gauge(
        "containers",
        "Managed containers by presence of their guest.",
        *(
            Sample(number, {"cluster": cluster, "presence": presence})
            for (cluster, presence), number in counting.active_by_presence().items()
        ),
    )
    closed = counting.closed_by_reason()
    clusters = sorted({*session.clients, *(cluster for cluster, _ in closed)})
    yield Family(
        "proximity_orphans_total",
        "counter",
        "Containers whose guest was proved gone: expected (removal intended) or anomalous (removed by others).",
        tuple(
            Sample(closed.get((cluster, reason), 0), {"cluster": cluster, "class": name})
            for cluster in clusters
            for reason, name in _CLASSES.items()
        ),
    )
    status = {True: OperationStatus.OPEN, False: OperationStatus.INTERRUPTED}
    now = clock_reading()
    counted = Counter((one.cluster, status[operations.is_alive(one, now)]) for one in operations.open_operations())
    clusters = sorted({*session.clients, *(cluster for cluster, _ in counted)})
    yield _gauge(
        "operations",
        "Unfinished operations: open ones that a process executes, and interrupted ones that wait for a person.",
        *(
            Sample(counted[cluster, one], {"cluster": cluster, "status": one})
            for cluster in clusters
            for one in status.values()
        ),
    )


def _alerts() -> Iterable[Family]:
    waiting = alerts.open_alerts()
    kinds = Counter((one.cluster or "", one.severity, one.kind) for one in waiting)
    yield _gauge(
        "alerts_waiting",
        "Alerts that are neither acknowledged nor resolved.",
        *(Sample(sum(one.severity is level for one in waiting), {"severity": level}) for level in Severity),
    )
    yield _gauge(
        "alerts_open",
        "Open alerts by cluster and kind, without zeros.",
        *(
            Sample(number, {"cluster": cluster, "severity": severity, "kind": kind})
            for (cluster, severity, kind), number in sorted(kinds.items())
        ),
    )
    yield _gauge(
        "notifications_pending",
        "Alerts that are not yet delivered to Sentry.",
        Sample(len(alerts.pending_notifications())),
    )


def _gauge(name: str, help: str, *samples: Sample) -> Family:
    return Family(f"proximity_{name}", "gauge", help, samples)
