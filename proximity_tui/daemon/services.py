"""The services under one configuration: session, polling, jobs, notifier, metrics. Started and stopped as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.daemon.metrics.collect import collect
from proximity_tui.daemon.metrics.exporters import MetricsEndpoint, TextFile
from proximity_tui.daemon.metrics.exposition import exposition
from proximity_tui.daemon.status_log import StatusLog
from proximity_tui.runtime.services import Services

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext


class DaemonServices:
    """The running parts of one session. The caller opens and closes the database."""

    def __init__(self, session: AppContext) -> None:
        self.session = session
        self.background = Services(session)
        self.status_log = StatusLog(session)
        metrics = session.settings.metrics
        self._exporters: list[MetricsEndpoint | TextFile] = []
        if metrics.listen is not None:
            self._exporters.append(MetricsEndpoint(metrics.listen, self._tell))
        if metrics.file is not None:
            self._exporters.append(TextFile(metrics.file, self._tell))

    @property
    def alive(self) -> bool:
        """True while the clock that starts the jobs ticks."""
        return self.background.jobs.alive

    def start(self) -> None:
        """Start to poll, to run jobs, to export. Returns at once."""
        self.background.start()
        for poller in self.session.pollers.values():
            poller.start()
        self.status_log.start()
        for exporter in self._exporters:
            exporter.start()

    def stop(self, timeout: float) -> None:
        """End all of it and give the leases back, within about `timeout` seconds. Hung work is left behind."""
        self.status_log.stop()
        for poller in self.session.pollers.values():
            poller.stop()
        self.background.stop(timeout)
        for exporter in self._exporters:
            exporter.stop()
        self.session.hang_up()

    def _tell(self) -> str:
        return exposition(collect(self.session, self.background))
