"""The services of a process, started and stopped in one place: pollers, jobs under their leases, and the notifier.

The TUI and the headless daemon both use it. It only connects; the core decides. Jobs and notifier are imported when
they start, because their libraries are heavy and a screen must not wait for them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from proximity_tui.core import store
from proximity_tui.core.base.daemon_threads import run_within, spawn
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.runtime.alert_delivery import AlertDelivery
from proximity_tui.runtime.token_secrets import TokenSecrets

if TYPE_CHECKING:
    from proximity_tui.core.engine.observe.poller import PollResult
    from proximity_tui.core.jobs.figures_recorder import FiguresRecorder
    from proximity_tui.core.jobs.missing_trigger import MissingTrigger
    from proximity_tui.core.jobs.runner import Jobs
    from proximity_tui.core.jobs.status import JobStatus
    from proximity_tui.core.model.alert import Alert
    from proximity_tui.runtime.context import AppContext

log = logging.getLogger(__name__)


def poll_ahead(context: AppContext) -> None:
    """Start to poll every cluster before the screens are loaded, which takes as long as the answers."""
    for poller in context.pollers.values():
        poller.start(ahead=True)


class Services:
    """The services of one context, which run whether or not a screen is open. Every method may be called on any
    thread.
    """

    def __init__(
        self,
        context: AppContext,
        *,
        on_poll: Callable[[PollResult], None] = lambda result: None,
        on_job: Callable[[], None] = lambda: None,
    ) -> None:
        """Connect to `context`. `on_poll` is called on the thread of a poller after every poll, `on_job` on any thread
        whenever a run began or ended; both must return at once.
        """
        self.context = context
        """The clusters that are served; another context after each change."""
        self.jobs: Jobs | None = None
        """None until they were started. Where the database may not be written they only tell their status."""
        self.error: str | None = None
        """Why the jobs could not be started."""
        self._on_poll = on_poll
        self._on_job = on_job
        self._delivery = AlertDelivery(token_of=self._token_of, may_send=self._may_send)
        self._missing: MissingTrigger | None = None
        self._figures: FiguresRecorder | None = None
        self._secrets = TokenSecrets()
        self._adding = threading.Lock()
        self._gate = threading.Lock()
        """Held while something is started or stopped; never while anybody outside is asked."""
        self._stopped = False
        self.runs_jobs = True
        """False once it is known that the database takes no writes from here: then only dry runs are made."""
        for poller in context.pollers.values():
            poller.subscribe(self._polled)

    @property
    def alive(self) -> bool:
        """True while the clock that starts the jobs ticks."""
        return self.jobs is not None and self.jobs.alive

    def start(self) -> None:
        """Start to poll every cluster, unless that was done ahead. Returns at once."""
        for poller in self.context.pollers.values():
            poller.start()

    def write_down(self) -> None:
        """Write down what was polled ahead of the screen: it is shown."""
        for poller in self.context.pollers.values():
            poller.write_down()

    def fetch_receivers(self) -> None:
        """Fetch the DSN of Sentry and the URLs of the channels, so that `start_jobs` waits for none of their places."""
        self._delivery.fetch(self.context)

    def start_jobs(self) -> None:
        """Start jobs and notifier, where the database may be written: a lease and a receipt are rows. Takes as long as
        their imports, and as `fetch_receivers` where that was not done before.
        """
        from proximity_tui.core.alerting.removed_channels import end_removed_later
        from proximity_tui.core.engine.engine import load_actions
        from proximity_tui.core.jobs.figures_recorder import FiguresRecorder
        from proximity_tui.core.jobs.missing_trigger import MissingTrigger
        from proximity_tui.core.jobs.runner import Jobs
        from proximity_tui.runtime.job_settings import channel_names, job_settings

        load_actions()
        self.fetch_receivers()
        with self._gate:
            if self._stopped:
                return
            context, engine = self.context, self.context.engine
            settings = job_settings(context.settings)
            jobs = Jobs(context.clients, settings, engine.owner, engine.clock, context.known)
            self._delivery.prepare(context)
            jobs.subscribe(self._delivery.want)
            jobs.subscribe(self._on_job)
            self._missing = MissingTrigger(jobs, engine.clock)
            self._figures = FiguresRecorder(jobs, context.known)
            self.jobs, self.runs_jobs = jobs, store.is_writable()
            if self.runs_jobs:
                jobs.start()
                self._delivery.start(context)
                end_removed_later(channel_names(context.settings), engine.owner)

    def follow_promotion(self) -> bool:
        """Have everything write from now on, and the jobs run, where the database was opened as a standby and was
        promoted since; return whether that was so. Cheap where it was not.
        """
        from proximity_tui.runtime.context import promoted

        if not self.context.held_back or not store.was_promoted():
            return False
        with self._adding:
            try:
                context = promoted(self.context)
            except StoreError as error:
                log.warning("the database takes writes now, and could not be opened again: %s", error)
                return False
            with self._gate:
                self.context = context
        if self._figures is not None:
            self._figures.stop()
            self.start_jobs()
        return not context.settings.read_only

    def start_jobs_later(self) -> None:
        """Start jobs and notifier on a thread of their own. Returns at once; `error` says what went wrong."""
        spawn("start-jobs", self._start_jobs_or_tell)

    def add_cluster(self, name: str) -> None:
        """Poll one more cluster of the configuration from now on, and run its jobs. Takes as long as its token takes to
        be read; raises ConfigError.
        """
        from proximity_tui.runtime.context import with_cluster

        with self._adding:
            context = with_cluster(self.context, name)
            with self._gate:
                self.context = context
                if self._stopped:
                    return
                if self.jobs is not None:
                    self.jobs.include(name, context.clients[name])
                context.pollers[name].subscribe(self._polled)
                context.pollers[name].start()

    def exchange(self, change: Callable[[AppContext], AppContext]) -> None:
        """Go on with the context that `change` returns of the present one."""
        with self._adding, self._gate:
            self.context = change(self.context)

    def want(self, cluster: str | None = None) -> None:
        """Poll one cluster (None: each) as soon as possible."""
        for name, poller in self.context.pollers.items():
            if cluster in (None, name):
                poller.want()

    def run_now(self, job: str, clusters: Iterable[str]) -> list[str]:
        """Run a job of these clusters at once, and return a sentence for each. Blocks; raises StoreError."""
        if self.jobs is None:
            return [f"the jobs do not run: {self.error}" if self.error else "the jobs have not started yet"]
        if not self.runs_jobs:
            return [
                "read-only: this process writes nothing and runs no jobs; a dry run on Jobs shows what they would do"
            ]
        return [self.jobs.run_now(job, cluster) for cluster in clusters]

    def status(self) -> tuple[JobStatus, ...]:
        """Return the status of every job, none before they were started. Raises StoreError."""
        return self.jobs.status() if self.jobs is not None else ()

    def stop(self, timeout: float) -> bool:
        """Stop polling, give the leases back and stop, within `timeout` seconds whatever hangs, the database too.
        Return False when something was left behind; it ends with the process, and its lease runs out by itself.
        """
        return run_within(timeout, "stop-services", self._stop, 0.9 * timeout)

    def _stop(self, timeout: float) -> None:
        for poller in self.context.pollers.values():
            poller.stop()
        with self._gate:
            self._stopped = True
            jobs, figures = self.jobs, self._figures
        if figures is not None:
            figures.stop()
        if jobs is not None:
            jobs.stop(timeout / 2)
            self._delivery.stop(timeout / 2)

    def _start_jobs_or_tell(self) -> None:
        try:
            self.start_jobs()
        except Exception as error:
            log.exception("the background jobs could not be started")
            self.error = f"{type(error).__name__}: {error}"
        self._on_job()

    def _may_send(self, alert: Alert) -> bool:
        """Return whether this process may send an alert: the holder of its cluster's lease, or any for an alert without
        a cluster.
        """
        ours = alert.cluster is not None and alert.cluster in self.context.clients
        return not ours or (self.jobs is not None and self.jobs.holds(str(alert.cluster)))

    def _token_of(self, cluster: str | None) -> str:
        """Return the id of our token on a cluster, for the commands that a message proposes."""
        settings = self.context.settings.clusters.get(cluster or "")
        return settings.token_id if settings is not None else "our token"

    def _polled(self, result: PollResult) -> None:
        """Handle a poll, on the thread of its poller."""
        self._secrets.polled(self.context, result)
        if self._missing is not None:
            self._missing.polled(result)
        if self._figures is not None:
            self._figures.polled(result)
        self._on_poll(result)
