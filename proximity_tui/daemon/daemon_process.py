"""The life of a daemon: start, wait for signals, reload, end. Its main thread never does anything that may block.

Blocking work (a secret behind a command, an unreachable database) happens on daemon threads that report here, so
SIGTERM takes effect within a second, whatever hangs.
"""

from __future__ import annotations

import logging
import queue
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from proximity_tui import __version__
from proximity_tui.config.config_errors import ConfigError
from proximity_tui.core import store
from proximity_tui.core.base import process_id
from proximity_tui.core.base.daemon_threads import spawn
from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.store.db.store_errors import StoreUnavailable
from proximity_tui.daemon.daemon_services import DaemonServices
from proximity_tui.daemon.systemd import SystemdNotifier
from proximity_tui.runtime.context import build_context, marked_simulated

if TYPE_CHECKING:
    from proximity_tui.config.schema import Settings
    from proximity_tui.runtime.context import AppContext

log = logging.getLogger(__name__)

TICK = 0.5
"""Seconds between two looks at how things stand."""
STOP_WITHIN = 1.0
"""Seconds for giving the leases back and for what Sentry is just being told."""

_ENDING = (signal.SIGTERM, signal.SIGINT)
_SIGNALS = (*_ENDING, signal.SIGHUP)


@value_object
class _Ready:
    """The event that services are ready to start, their secrets fetched and their database open."""

    services: DaemonServices


@value_object
class _NotReady:
    """The event that there are no services, with the reason."""

    error: Exception


class Daemon:
    """A process that works until a signal ends it. `load` reads the configuration, at the start and for each reload;
    `ended_early` returns whether a signal came before this one could handle it.
    """

    def __init__(
        self, load: Callable[[], Settings], service: SystemdNotifier, ended_early: Callable[[], bool] = lambda: False
    ) -> None:
        self._load = load
        self._ended_early = ended_early
        self._service = service
        # Its `put` may be called in a signal handler, in the middle of anything.
        self._happened: queue.SimpleQueue[int | _Ready | _NotReady] = queue.SimpleQueue()
        self._services: DaemonServices | None = None
        self._joining = False
        self._again = False
        self._last_alive = float("-inf")

    def run(self) -> None:
        """Work until SIGTERM or SIGINT. Raises the error that prevented the start: ConfigError, StoreUnavailable."""
        with _signals_into(self._happened.put):
            if self._ended_early():
                return
            self._join()
            try:
                while self._go_on():
                    self._report()
            finally:
                self._end()

    def _go_on(self) -> bool:
        """Wait for the next event, for a tick, and handle it. Return False at the end."""
        try:
            happened = self._happened.get(timeout=TICK)
        except queue.Empty:
            return True
        match happened:
            case _Ready():
                self._take_up(happened.services)
            case _NotReady():
                self._refuse(happened.error)
            case signal.SIGHUP:
                self._reload()
            case number:
                log.info("ending: %s", signal.Signals(number).name)
                return False
        return True

    def _report(self) -> None:
        if self._services is None:
            return
        self._service.status(self._services.status_log.line)
        interval, now = self._service.watchdog_interval, self._services.context.clock.monotonic()
        # Only while jobs would really start: a daemon that has lost its clock is better restarted.
        if interval is not None and now - self._last_alive >= interval - TICK and self._services.alive:
            self._last_alive = now
            self._service.alive()

    def _reload(self) -> None:
        if self._joining:
            self._again = True
            return
        log.info("reloading the configuration")
        self._service.reloading()
        self._join()

    def _join(self) -> None:
        self._joining = True
        spawn("start-services", self._prepare, self._services.context if self._services else None)

    def _prepare(self, current: AppContext | None) -> None:
        """Prepare new services on a thread of its own: every part that may fail or take long."""
        try:
            settings = self._load()
            _must_have_clusters(settings)
            if current is None:
                context = build_context(settings, role=process_id.DAEMON)
                store.open_store(settings.database)
                _must_be_writable()
            else:
                _must_be_the_same_database(current.settings, settings)
                context = build_context(settings, role=process_id.DAEMON)
                _must_lose_no_cluster(current, context)
            services = DaemonServices(marked_simulated(context))
            services.prepare()
        except Exception as error:
            self._happened.put(_NotReady(error))
        else:
            self._happened.put(_Ready(services))

    def _take_up(self, services: DaemonServices) -> None:
        self._joining = False
        if self._services is not None:
            self._services.stop(STOP_WITHIN)
        services.start()
        first, self._services = self._services is None, services
        context, settings = services.context, services.context.settings
        mode = f"{', read-only' if settings.read_only else ''}{', SIMULATED' if context.simulated else ''}"
        log.info(
            "%s: %s, database %s, clusters %s%s",
            f"proximity-tui {__version__} started" if first else "the new configuration is in force",
            settings.path,
            settings.database_shown,
            ", ".join(context.clients),
            mode,
        )
        self._service.ready()
        self._reload_once_more()

    def _refuse(self, error: Exception) -> None:
        self._joining = False
        if self._services is None:
            raise error
        log.error("the configuration was not reloaded, the old one stays in force: %s", redact(f"{error}"))
        self._service.ready()
        self._reload_once_more()

    def _reload_once_more(self) -> None:
        """Reload again when a second SIGHUP came during a reload: the latest change may not have been read."""
        if self._again:
            self._again = False
            self._reload()

    def _end(self) -> None:
        self._service.stopping()
        services, self._services = self._services, None
        if services is None:
            return
        ended = services.stop(STOP_WITHIN)
        log.info("ended" if ended else "ended; hung work was abandoned, and its lease will expire")


def _must_have_clusters(settings: Settings) -> None:
    if not settings.enabled_clusters:
        raise ConfigError(f"{settings.path}: no cluster is enabled, so there are no jobs to run")


def _must_be_writable() -> None:
    """Raise unless the database can be written: the jobs record their findings and hold their leases there."""
    if store.is_read_only():
        raise StoreUnavailable("the database is read-only (a standby?): the daemon needs one that can be written")


def _must_be_the_same_database(current: Settings, wanted: Settings) -> None:
    """Raise unless the database is the same: hung work of the old context would write into the new database, under old
    leases.
    """
    if wanted.database != current.database:
        raise ConfigError(f"{wanted.path}: another database needs a restart, a reload is not enough")


def _must_lose_no_cluster(current: AppContext, wanted: AppContext) -> None:
    """Raise where a cluster that could be asked cannot be any more, as while a password store is locked."""
    for name, client in wanted.clients.items():
        known = current.clients.get(name)
        if client.settings.unusable is not None and known is not None and known.settings.unusable is None:
            raise ConfigError(client.settings.unusable)


@contextmanager
def _signals_into(put: Callable[[int], None]) -> Iterator[None]:
    def handle(number: int, frame: FrameType | None) -> None:
        put(number)

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
