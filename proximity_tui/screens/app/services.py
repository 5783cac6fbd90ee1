"""The jobs and the notifier behind the screen: started late, because their libraries are heavy, and stopped in bounded
time whatever hangs. It knows neither their work nor its display.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from proximity_tui.core.base.daemon_threads import DaemonExecutor, spawn

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext
    from proximity_tui.runtime.services import Services

log = logging.getLogger(__name__)

STOP = 0.6
"""Seconds in which the leases are given back when the program ends; what is not given back runs out by itself."""


class ScreenServices:
    """The background services of one session."""

    def __init__(self, session: AppContext, told: Callable[[], None]) -> None:
        """Build the services; `told` is called on any thread whenever a job changed."""
        self.background: Services | None = None
        """None until it has started."""
        self.error: str | None = None
        """Why it could not be started."""
        self._session = session
        self._told = told
        self._gate = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Start on a thread of its own. Returns at once."""
        spawn("start-services", self._start)

    def add_cluster(self, session: AppContext) -> None:
        """Continue with a session that has more clusters, also before the start is complete. Blocks for a moment."""
        with self._gate:
            self._session = session
            if self.background is not None and not self._closed:
                self.background.add_cluster(session)

    def run_now(self, job: str, clusters: Iterable[str]) -> list[str]:
        """Run a job of these clusters at once, and return a sentence for each. Blocks; raises StoreError."""
        if self.background is None:
            return [f"the jobs do not run: {self.error}" if self.error else "the jobs have not started yet"]
        return [self.background.jobs.run_now(job, cluster) for cluster in clusters]

    async def stop(self) -> None:
        """Give the leases back and stop the clocks. Does not wait for a run under way."""
        with self._gate:
            self._closed = True
        if self.background is None:
            return
        # On a fresh thread: every other one may hang in a dead connection.
        stopped = asyncio.get_running_loop().run_in_executor(
            DaemonExecutor("stop-services", 1), self.background.stop, STOP
        )
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped, STOP + 0.2)

    def _start(self) -> None:
        try:
            from proximity_tui.runtime.services import Services

            background = Services(self._session)
            background.subscribe(self._told)
            with self._gate:
                if self._closed:
                    return
                background.start()
                background.add_cluster(self._session)
                self.background = background
        except Exception as error:
            log.exception("the background jobs could not be started")
            self.error = f"{type(error).__name__}: {error}"
        self._told()
