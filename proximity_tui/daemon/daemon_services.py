"""The services under one configuration, and around them what a daemon tells of itself: status log and metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.core.base.daemon_threads import run_within
from proximity_tui.daemon.metrics.collector import DaemonCollector
from proximity_tui.daemon.metrics.exporters import MetricsEndpoint, TextFile
from proximity_tui.daemon.status_log import StatusLog
from proximity_tui.runtime.services import Services

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext


class DaemonServices:
    """The running parts of one context. The caller opens and closes the database."""

    def __init__(self, context: AppContext) -> None:
        self.status_log = StatusLog(context)
        self._services = Services(context, on_poll=self.status_log.polled)
        metrics = context.settings.metrics
        collector = DaemonCollector(self._services)
        self._exporters: list[MetricsEndpoint | TextFile] = []
        if metrics.listen is not None:
            self._exporters.append(MetricsEndpoint(metrics.listen, collector.text))
        if metrics.file is not None:
            self._exporters.append(TextFile(metrics.file, collector.text))

    @property
    def context(self) -> AppContext:
        """The context that is served."""
        return self._services.context

    @property
    def alive(self) -> bool:
        """True while the clock that starts the jobs ticks."""
        return self._services.alive

    def prepare(self) -> None:
        """Fetch the secrets of those who are told of alerts. Takes as long as their places take."""
        self._services.fetch_receivers()

    def start(self) -> None:
        """Start jobs and pollers, and to tell of them, once it is prepared. Waits for nobody."""
        self._services.start_jobs()
        self._services.start()
        self.status_log.start()
        for exporter in self._exporters:
            exporter.start()

    def stop(self, timeout: float) -> bool:
        """End all of it and give the leases back, within about `timeout` seconds. Return False when hung work was left
        behind.
        """
        self.status_log.stop()
        ended = [self._services.stop(timeout)]
        ended += [run_within(timeout, "stop-metrics", exporter.stop) for exporter in self._exporters]
        self.context.close_connections()
        return all(ended)
