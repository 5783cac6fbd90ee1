"""The controller: the only object that screens talk to, for the `view`, blocking questions (`ask`), and tasks
(`begin`).

It owns the threads behind the screen and decides nothing; nothing here ever blocks the event loop.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from textual.signal import Signal

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.daemon_threads import DaemonExecutor, call_alone
from proximity_tui.core.doctrine.observation.addresses import addresses
from proximity_tui.core.model import Refusal, StepName
from proximity_tui.runtime.services import Services
from proximity_tui.screens.app.background_task import BackgroundTask, BackgroundTasks, TaskResult
from proximity_tui.screens.app.startup import Startup
from proximity_tui.screens.view.backup_reader import BackupReader
from proximity_tui.screens.view.narrowing import Narrowing
from proximity_tui.screens.view.view import BackupAges, View
from proximity_tui.screens.view.view_reader import ViewReader

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext
    from proximity_tui.screens.app.base_app import BaseApp

__all__ = ["BackgroundTask", "Controller", "TaskResult", "View"]

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

STOP = 0.6
"""Seconds in which the leases are given back when the program ends; what is not given back runs out by itself."""

POLL = 1.0
"""Seconds between two questions whether anybody wrote into the database."""


class Controller(BackgroundTasks):
    """The link between context and screens. Used on the event loop, except where a method says otherwise."""

    def __init__(self, app: BaseApp, context: AppContext, *, jobs: bool = True) -> None:
        """Connect to `context`; with `jobs` reconciler, janitor and notifier run behind the screen."""
        super().__init__(app)
        self.services = Services(context, on_poll=self._read_soon, on_job=self._job_changed)
        self._startup = Startup(self.services, jobs=jobs)
        self.view = View()
        self.narrowing = Narrowing()
        self._reader = ViewReader()
        self.backups = BackupReader(self)
        self.changed: Signal[View] = Signal(app, "view changed")
        """Published with each view that differs from the last."""
        self._app = app
        self._calls = DaemonExecutor("call", 6, at_end=self.close_connections)
        self._reading = DaemonExecutor("read", 1)
        self._writing = DaemonExecutor("write", 1)
        self._due = threading.Event()
        """That this process has a reason to read the view. It is waited for on the thread that reads."""
        self._is_over = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def context(self) -> AppContext:
        """The context that is shown: another one when a cluster was added."""
        return self.services.context

    @property
    def clock(self) -> Clock:
        """The clock for every age on the screen."""
        return self.context.clock

    @property
    def read_only(self) -> Refusal | None:
        """The refusal of every mutation, or None when they are allowed."""
        from proximity_tui.core.doctrine.guards.refusals import READ_ONLY

        return READ_ONLY if self.context.settings.read_only else None

    @property
    def shown_view(self) -> View:
        """The part of the view that is shown, where it is narrowed to a cluster."""
        return self.narrowing.view(self.view)

    def narrow_to(self, cluster: str | None) -> None:
        """Show one cluster on every screen, or all again (None)."""
        self.narrowing.to(cluster)
        self.changed.publish(self.view)

    def remember_config(self, key: str, config: Mapping[str, Any] | None) -> None:
        """Keep the addresses in a config that was read, of the guest whose row has this key: lists find it by them."""
        found = self.view.read_addresses.with_one(key, addresses(config)) if config is not None else None
        if found is not None and found is not self.view.read_addresses:
            self.view = replace(self.view, read_addresses=found)
            self.changed.publish(self.view)

    def remember_backups(self, found: BackupAges) -> None:
        """Show the newest backups that were read."""
        self.view = replace(self.view, backups=found)
        self.changed.publish(self.view)

    @property
    def clusters(self) -> tuple[str, ...]:
        """The names of the clusters that we contact."""
        return tuple(self.context.pollers)

    def open(self) -> None:
        """Start to keep the view up to date. Called once, when the App is mounted."""
        self._loop = asyncio.get_running_loop()
        self._due.set()
        self._keeper = asyncio.create_task(self._keep_up(), name="keep-view")
        self._startup.open(self._loop)

    async def close(self) -> None:
        """Stop polling, and stop the jobs in bounded time. Calls under way are left to end by themselves, and their
        threads with them.
        """
        self._startup.give_up()
        for threads in (self._calls, self._reading, self._writing, self._many):
            threads.shutdown()
        if self._keeper is not None:
            self._keeper.cancel()
        # On a fresh thread: every other one may hang in a dead connection.
        await asyncio.wrap_future(call_alone("stop", self.services.stop, STOP))

    def ended(self, result: TaskResult, *, quiet: bool) -> None:
        """Announce the end of a task, and read what it changed."""
        if not quiet:
            self._app.show_message(result.sentence, bad=not result.success)
        operation = result.result.operation if result.result is not None else None
        if operation is not None and any(step.name is StepName.BACK_UP for step in operation.plan.steps):
            self.backups.outdate(operation.cluster)
        self.want()

    def want(self, cluster: str | None = None) -> None:
        """Poll one cluster (None: each) as soon as possible, and read the view again."""
        self.services.want(cluster)
        self._due.set()

    def shown(self) -> None:
        """Read what the list did not wait for: the view is on the screen."""
        if self._reader.is_unfinished:
            self._due.set()

    async def ask(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of a call that may block for long, such as `engine.inspect`. Its errors are raised here.

        Cancelling stops the waiting, not the call; so never change anything with it: that is for `begin`.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._calls, partial(function, *args, **kwargs))

    async def write(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a short write into our own database, such as an acknowledgement, and return its result. Its errors are
        raised here.

        Once started it is completed even if nothing waits for it any more.
        """
        loop = asyncio.get_running_loop()
        done = await asyncio.shield(loop.run_in_executor(self._writing, partial(function, *args, **kwargs)))
        self._due.set()
        return done

    def close_connections(self) -> None:
        """Close the connections of the calling thread, which ends."""
        self.context.close_connections()

    def _read_soon(self, *_: object) -> None:
        """Have the view read again, from any thread: a poll or a job changed something."""
        self._due.set()

    def _job_changed(self) -> None:
        self._reader.jobs_changed()
        self._read_soon()

    def on_loop(self, function: Callable[..., object], *args: object) -> None:
        """Call `function` on the event loop, from any thread. After the end of the App it is dropped."""
        try:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:
            log.debug("told after the end: %s", function)

    async def _keep_up(self) -> None:
        """Keep the view up to date until cancelled, whatever fails: otherwise old values would look new."""
        try:
            while True:
                try:
                    await self._follow()
                except Exception as error:
                    self._app._handle_exception(error)
                    # What it had taken over may be half of it: all of it is read again.
                    self._reader = ViewReader()
                    await asyncio.sleep(POLL)
                    self._due.set()
        finally:
            self._is_over = True
            self._due.set()

    async def _follow(self) -> None:
        """Take over the next view."""
        loop = asyncio.get_running_loop()
        fresh = await loop.run_in_executor(self._reading, self._next_view)
        if fresh is not self.view:
            # What a page read meanwhile is not known to the reader.
            self.view = replace(fresh, read_addresses=self.view.read_addresses, backups=self.view.backups)
            self.changed.publish(self.view)
        for start in self._startup.due(self.view, finished=not self._reader.is_unfinished):
            self._app.call_after_refresh(start)

    def _next_view(self) -> View:
        """Return the view: at once when this process has a reason, else when others wrote, which is looked up every
        `POLL`. It waits on the thread that reads, so that nothing wakes the event loop while nothing changes.
        """
        while True:
            has_reason = self._due.wait(POLL) or self._reader.is_unfinished
            self._due.clear()
            before = self.view
            if self._is_over:
                return before
            if self.services.follow_promotion():
                self.on_loop(self._app.show_message, "The database takes writes now: this is no longer read-only.")
            fresh = self._reader.read(self.services, before)
            if has_reason or fresh is not before:
                return fresh
