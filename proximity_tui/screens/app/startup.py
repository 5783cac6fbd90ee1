"""The order in which the services behind the screens start: each when what the one before brought is on the screen.

All at once would make the first screen late, and take more memory than one after the other.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator

from proximity_tui.runtime.services import Services
from proximity_tui.screens.view.view import View

RECORDS_PATIENCE = 2.0
"""Seconds after which clusters are polled although the records could not be read yet."""
CLUSTERS_PATIENCE = 5.0
"""Seconds after which the jobs start although a cluster did not answer yet."""


class Startup:
    """What is not started yet. Used on the event loop."""

    def __init__(self, services: Services, *, jobs: bool) -> None:
        """Without `jobs` reconciler, janitor and notifier are never started."""
        self._services = services
        self._polls_wanted, self._lists_awaited, self._jobs_wanted = True, True, jobs

    def open(self, loop: AbstractEventLoop) -> None:
        """Start each at the latest when patience is at an end."""
        loop.call_later(RECORDS_PATIENCE, self._start_polling)
        loop.call_later(CLUSTERS_PATIENCE, self._write_down)
        loop.call_later(CLUSTERS_PATIENCE, self._start_jobs)

    def give_up(self) -> None:
        """Start nothing any more."""
        self._polls_wanted = self._lists_awaited = self._jobs_wanted = False

    def due(self, view: View, *, finished: bool) -> Iterator[Callable[[], None]]:
        """Yield what starts a service as soon as this view is on the screen. `finished`: nothing is missing in it that
        was read.
        """
        if self._polls_wanted:
            yield self._start_polling
        polls = view.polls.values()
        if not finished or not all(poll.inventory or poll.error for poll in polls):
            return
        if self._lists_awaited:
            yield self._write_down
        if self._jobs_wanted and all(poll.to_reconcile is not None or poll.error for poll in polls):
            yield self._start_jobs

    def _start_polling(self) -> None:
        """Start to poll, unless that was done. Called once the records are on the screen: what is polled only now would
        make them late.
        """
        if self._polls_wanted:
            self._polls_wanted = False
            self._services.start()

    def _write_down(self) -> None:
        """Have the first lists written down, unless that was done. Called once they are on the screen, which that would
        make late.
        """
        if self._lists_awaited:
            self._lists_awaited = False
            self._services.write_down()

    def _start_jobs(self) -> None:
        """Start the jobs, unless that was done. Called once the first lists are written down: what jobs import, and
        their first runs, would hold up both.
        """
        if self._jobs_wanted:
            self._jobs_wanted = False
            self._services.start_jobs_later()
