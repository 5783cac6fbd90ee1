"""A background task that changes something, and its result in words. It starts nothing itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from proximity_tui.core.base.text import UNEXPECTED, unexpected
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.engine.operations.outcome import Done, Failed, Outcome, Refused, Resumable
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.errors import StoreError

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
        match self.result:
            case Done(operation=operation):
                warnings = operation.warnings if operation is not None else ()
                return f"done, with warnings: {'; '.join(warnings)}" if warnings else "done"
            case Refused(refusal):
                return f"refused: {refusal.reason}"
            case Resumable(reason):
                return f"interrupted, can be resumed: {reason}"
            case Failed(reason):
                return f"failed: {reason}"
            case None:
                return f"failed: {self.error}"


def result_of(label: str, function: Callable[[], Outcome]) -> TaskResult:
    """Return the result of a call, whatever it raises: on the thread of a task nothing else would catch it."""
    try:
        return TaskResult(label, function())
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
