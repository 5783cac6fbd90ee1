"""The background tasks that change something: each on a thread that outlives any dialog, and its result in words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from textual.app import App
from textual.signal import Signal

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.daemon_threads import DaemonExecutor, spawn
from proximity_tui.core.base.pace import AT_ONCE
from proximity_tui.core.base.text import UNEXPECTED, unexpected
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import CommitUnknown, StoreError

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome


P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


@value_object
class TaskResult:
    """The end of a task: its result, or `error` where the call itself raised."""

    label: str
    result: Outcome | None
    error: str | None = None

    @property
    def success(self) -> bool:
        """True when everything was done as planned."""
        return self.result is not None and self.result.success

    @property
    def sentence(self) -> str:
        """The result for a person: `delete web1: done`. Holds text from outside, so never markup."""
        return f"{self.label}: {self.outcome}"

    @property
    def outcome(self) -> str:
        """The result without its label: `done`, or the refusal or failure with its reason."""
        # What carries something out is loaded after the first list.
        from proximity_tui.core.engine.operations.outcome import Done, Failed, Refused, Resumable

        match self.result:
            case Done(operation=operation):
                warnings = operation.warnings if operation is not None else ()
                return f"done, with warnings: {'; '.join(warnings)}" if warnings else "done"
            case Refused(refusal):
                return f"refused: {refusal.reason}"
            case Resumable(reason):
                return f"interrupted, can be resumed: {reason}"
            case Failed(reason, unknown=True):
                return f"not known to be done: {reason}"
            case Failed(reason):
                return f"failed: {reason}"
            case None:
                return f"failed: {self.error}"


def result_of(label: str, function: Callable[[], Outcome]) -> TaskResult:
    """Return the result of a call, whatever it raises: on the thread of a task nothing else would catch it."""
    try:
        return TaskResult(label, function())
    except CommitUnknown as error:
        from proximity_tui.core.engine.operations.outcome import unwritten

        return TaskResult(label, unwritten(error))
    except (ProxmoxError, StoreError) as error:
        return TaskResult(label, None, str(error))
    except Exception as error:
        log.exception("%s failed: %s", label, UNEXPECTED)
        return TaskResult(label, None, unexpected(error))


@dataclass(eq=False, slots=True)
class BackgroundTask:
    """A task under way; `ended` is None until it has an end. Created on the event loop."""

    label: str
    began_at: datetime
    ended: TaskResult | None = None
    quiet: bool = False
    """Whether no toast announces its end, because whoever started it shows it."""
    on_end: Callable[[TaskResult], None] | None = None
    """What is called with its result, whether or not anybody waits for it."""
    _end: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, ended: TaskResult) -> None:
        """Set the result. Called by the controller."""
        self.ended = ended
        self._end.set()
        if self.on_end is not None:
            self.on_end(ended)

    async def wait(self) -> TaskResult:
        """Return the result, as soon as there is one. Cancelling the wait does not stop the task."""
        await self._end.wait()
        assert self.ended is not None
        return self.ended


class BackgroundTasks:
    """The tasks of this process. A subclass has the clock and the event loop, and tells of the ends."""

    def __init__(self, app: App[Any]) -> None:
        self.began: Signal[BackgroundTask] = Signal(app, "task began")
        """Published when a mutation begins here."""
        self.finished: Signal[TaskResult] = Signal(app, "task finished")
        """Published when a mutation that was begun here has an end."""
        self.background_tasks: tuple[BackgroundTask, ...] = ()
        """The mutations of this process that are under way."""
        self._many = DaemonExecutor("many", AT_ONCE, at_end=self.close_connections)

    @property
    def clock(self) -> Clock:
        """The clock by which tasks began."""
        raise NotImplementedError

    def on_loop(self, function: Callable[..., object], *args: object) -> None:
        """Call `function` on the event loop, from any thread."""
        raise NotImplementedError

    def close_connections(self) -> None:
        """Close the connections of the calling thread, which ends."""
        raise NotImplementedError

    def and_close_connections(self, call: Callable[[], T]) -> T:
        """Return the result of a call, and close what this thread has open: it ends with the call."""
        try:
            return call()
        finally:
            self.close_connections()

    def ended(self, result: TaskResult, *, quiet: bool) -> None:
        """Announce the end of a task, unless that is to be `quiet`. Called on the event loop."""
        raise NotImplementedError

    def begin(self, label: str, function: Callable[P, Outcome], *args: P.args, **kwargs: P.kwargs) -> BackgroundTask:
        """Start a change, such as `engine.delete`, on a thread of its own that outlives any dialog; return its task.

        `label` announces its end (`delete web1`). The end comes as a toast, unless the task is made `quiet`, through
        `finished`, and to everything that awaits the task.
        """
        task = self._new_task(label)
        call = partial(self._run_task, task, partial(function, *args, **kwargs))
        spawn(f"task {label}", self.and_close_connections, call)
        return task

    def begin_one_of_many(
        self, label: str, function: Callable[P, Outcome], *args: P.args, **kwargs: P.kwargs
    ) -> BackgroundTask:
        """Start a change as `begin` does, but on one of a few threads that keep their connections for the next one."""
        task = self._new_task(label)
        self._many.submit(self._run_task, task, partial(function, *args, **kwargs))
        return task

    def _new_task(self, label: str) -> BackgroundTask:
        task = BackgroundTask(label, self.clock.now())
        self.background_tasks = (*self.background_tasks, task)
        self.began.publish(task)
        return task

    def _run_task(self, task: BackgroundTask, function: Callable[[], Outcome]) -> None:
        self.on_loop(self._end, task, result_of(task.label, function))

    def _end(self, task: BackgroundTask, ended: TaskResult) -> None:
        task.end(ended)
        self.background_tasks = tuple(one for one in self.background_tasks if one is not task)
        self.ended(ended, quiet=task.quiet)
        self.finished.publish(ended)


class ShowsEnds:
    """A dialog that shows how tasks end. It may be closed before that: then the toasts announce it after all."""

    _awaited: tuple[BackgroundTask, ...] = ()
    """The tasks whose ends are still to be shown here."""

    def show_end_of(self, task: BackgroundTask) -> None:
        """Have no toast for the end of a task, because it is shown here."""
        task.quiet = True
        self._awaited = (*(one for one in self._awaited if one.ended is None), task)

    def on_unmount(self) -> None:
        """Have the ends announced that cannot be shown here any more."""
        for task in self._awaited:
            task.quiet = False
