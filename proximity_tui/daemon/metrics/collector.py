"""The metrics of jobs, records, alerts and leases, as families of samples.

It reads, and changes nothing. An unknown value has no sample; `proximity_store_up` says whether the records were read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from proximity_tui import __version__
from proximity_tui.core.alerting.removed_channels import stuck_channels
from proximity_tui.core.base import process_id
from proximity_tui.core.base.daemon_threads import call_alone
from proximity_tui.core.model import ClosedReason, OperationStatus
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.model.job import JobOutcome, JobRun, Lease
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.clock_readings import clock_reading
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.figures import counting
from proximity_tui.core.store.records import operations
from proximity_tui.runtime.job_settings import channel_names

if TYPE_CHECKING:
    from proximity_tui.core.jobs.status import JobStatus
    from proximity_tui.runtime.context import AppContext
    from proximity_tui.runtime.services import Services

IN_TIME = 4.0
"""Seconds for the records: Prometheus usually gives up after ten."""

_CLASSES = {ClosedReason.VANISHED: "anomalous", ClosedReason.REMOVED: "expected"}

_Samples = Iterable[tuple[tuple[str, ...], float]]
"""Values, each with its labels in the order in which the family names them."""
_JOB = ("job", "cluster")
_OUTCOMES = [one for one in JobOutcome if one is not JobOutcome.UNKNOWN]


class DaemonCollector(Collector):
    """The collector of one daemon, for the text format of `prometheus_client`. It is in no registry."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._reading: Future[list[Metric]] | None = None

    def text(self) -> str:
        """Return all present metrics in Prometheus' text format 0.0.4. Blocks as `collect` does."""
        return generate_latest(self).decode()

    def collect(self) -> list[Metric]:
        """Return all present metrics. Waits `IN_TIME` for the database, and never for a cluster."""
        stored = self._stored()
        live = [*_process(self._services, bool(stored)), *_clusters(self._services.context)]
        # An unknown value is no sample: a zero would be a claim.
        return [family for family in (*live, *stored) if family.samples]

    def _stored(self) -> list[Metric]:
        """Return what the records say; nothing where they cannot be read, or not in time. What hangs is waited for by
        the next one who asks.
        """
        # The endpoint and the file may ask at the same time.
        self._reading = reading = self._reading or call_alone("metrics-records", self._read)
        try:
            return reading.result(IN_TIME)
        except (TimeoutError, StoreError):
            return []
        finally:
            if reading.done():
                self._reading = None

    def _read(self) -> list[Metric]:
        return [*_jobs(self._services.status()), *_records(self._services.context), *_alerts(self._services.context)]


def _process(services: Services, store_up: bool) -> Iterable[Metric]:
    now = services.context.clock.now().timestamp()
    yield _gauge("info", "The version of Proximity TUI.", ("version",), [((__version__,), 1)])
    yield _gauge("collected_timestamp_seconds", "Unix time at which these metrics were collected.", (), [((), now)])
    yield _gauge("store_up", "1 if the records could be read, else 0.", (), [((), store_up)])
    yield _gauge(
        "scheduler_alive",
        "1 if the scheduler of the jobs in this process works, else 0.",
        (),
        [((), services.alive)],
    )


def _clusters(context: AppContext) -> Iterable[Metric]:
    """Yield the age of each cluster's last answer: the age that every screen shows."""
    now = context.clock.now()
    polls = [poller.latest for poller in context.pollers.values()]
    seen = [(poll.cluster, poll.inventory) for poll in polls if poll.inventory is not None]
    yield _gauge(
        "cluster_healthy",
        "1 if the latest poll of a cluster succeeded, else 0.",
        ("cluster",),
        (((one.cluster,), one.healthy) for one in polls if one.inventory or one.error),
    )
    yield _gauge(
        "data_timestamp_seconds",
        "Unix time of the latest inventory of a cluster.",
        ("cluster",),
        (((cluster,), one.taken_at.timestamp()) for cluster, one in seen),
    )
    yield _gauge(
        "data_age_seconds",
        "Age of the latest inventory of a cluster in seconds.",
        ("cluster",),
        (((cluster,), (now - one.taken_at).total_seconds()) for cluster, one in seen),
    )


def _jobs(statuses: Iterable[JobStatus]) -> Iterable[Metric]:
    found = [((one.job, one.cluster), one) for one in statuses]
    yield from _last_runs([(labels, one.last) for labels, one in found if one.last is not None])
    yield _gauge(
        "job_running",
        "1 if this process runs a job now, else 0.",
        _JOB,
        ((labels, one.running_since is not None) for labels, one in found),
    )
    yield _gauge(
        "job_paused",
        "1 if a person paused a job, else 0.",
        _JOB,
        ((labels, one.paused is not None) for labels, one in found),
    )
    yield from _leases({one.cluster: one.holder for _, one in found})


def _last_runs(ended: Sequence[tuple[tuple[str, str], JobRun]]) -> Iterable[Metric]:
    yield _gauge(
        "job_last_run_timestamp_seconds",
        "Unix time at which the last finished run of a job began.",
        _JOB,
        ((labels, run.started_at.timestamp()) for labels, run in ended),
    )
    yield _gauge(
        "job_last_run_duration_seconds",
        "Duration of the last run of a job in seconds.",
        _JOB,
        ((labels, run.duration.total_seconds()) for labels, run in ended if run.duration is not None),
    )
    yield _gauge(
        "job_last_run_outcome",
        "1 for the outcome of the last run of a job, 0 for the others.",
        (*_JOB, "outcome"),
        (((*labels, one), run.outcome is one) for labels, run in ended for one in _OUTCOMES),
    )
    yield _gauge(
        "job_last_run_count",
        "Counters of the last run of a job.",
        (*_JOB, "counter"),
        (((*labels, name), n) for labels, run in ended for name, n in run.counters.items()),
    )


def _leases(holders: Mapping[str, Lease | None]) -> Iterable[Metric]:
    yield _gauge(
        "lease_held",
        "1 if a process holds the lease of a cluster, else 0.",
        ("cluster",),
        (((cluster,), holder is not None) for cluster, holder in holders.items()),
    )
    yield _gauge(
        "lease_info",
        "The process that holds the lease of a cluster.",
        ("cluster", "owner", "host", "daemon"),
        (((cluster, *_process_labels(one.owner)), 1) for cluster, one in holders.items() if one is not None),
    )


def _process_labels(owner: str) -> tuple[str, str, str]:
    process = process_id.read(owner)
    return owner, process.host, "true" if process.daemon else "false"


def _records(context: AppContext) -> Iterable[Metric]:
    yield _gauge(
        "containers",
        "Managed containers by presence of their guest.",
        ("cluster", "presence"),
        counting.active_by_presence().items(),
    )
    closed = counting.closed_by_reason()
    clusters = sorted({*context.clients, *(cluster for cluster, _ in closed)})
    orphans = CounterMetricFamily(
        "proximity_orphans",
        "Containers whose guest was proved gone: expected (removal intended) or anomalous (removed by others).",
        labels=("cluster", "class"),
    )
    for cluster in clusters:
        for reason, name in _CLASSES.items():
            orphans.add_metric((cluster, name), closed.get((cluster, reason), 0))
    yield orphans
    status = {True: OperationStatus.OPEN, False: OperationStatus.INTERRUPTED}
    now = clock_reading()
    counted = Counter((one.cluster, status[operations.is_alive(one, now)]) for one in operations.open_operations())
    clusters = sorted({*context.clients, *(cluster for cluster, _ in counted)})
    yield _gauge(
        "operations",
        "Unfinished operations: open ones that a process executes, and interrupted ones that wait for a person.",
        ("cluster", "status"),
        (((cluster, one), counted[cluster, one]) for cluster in clusters for one in status.values()),
    )


def _alerts(context: AppContext) -> Iterable[Metric]:
    waiting = alerts.open_alerts()
    kinds = Counter((one.cluster or "", one.severity, one.kind) for one in waiting)
    yield _gauge(
        "alerts_waiting",
        "Alerts that are neither acknowledged nor resolved.",
        ("severity",),
        (((level,), sum(one.severity is level for one in waiting)) for level in Severity),
    )
    yield _gauge(
        "alerts_open",
        "Open alerts by cluster and kind, without zeros.",
        ("cluster", "severity", "kind"),
        sorted(kinds.items()),
    )
    pending, known = alerts.undelivered_notifications(), channel_names(context.settings)
    yield _gauge("notifications_pending", "Alerts that are not yet delivered to Sentry.", (), [((), pending)])
    yield _gauge(
        "channel_stuck",
        "Open alerts that a channel was tried with and did not take yet.",
        ("channel",),
        (((channel,), number) for channel, number in stuck_channels(known, context.owner).items()),
    )


def _gauge(name: str, help: str, labels: tuple[str, ...], samples: _Samples) -> Metric:
    family = GaugeMetricFamily(f"proximity_{name}", help, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family
