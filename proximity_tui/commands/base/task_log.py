"""The log of the task that an operation waits for, read line by line while a person watches."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from proximity_tui.core.model import Operation, StepRecord

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext


PAUSE = 1.0
"""Seconds between two questions for the log of a task that runs."""

PAUSE_AFTER_FAILURE = 10.0
"""Seconds without a question after one that failed: a cluster that hangs is left alone for a while."""


class TaskLog:
    """The logs of the tasks of an operation; each line is printed once. A log that cannot be read is left out: the
    result does not depend on it.
    """

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._printed: Counter[str] = Counter()
        self._next_at = 0.0

    def read_at_times(self, operation: Operation, step: StepRecord) -> tuple[str, ...]:
        """Return the lines that the task of a running step wrote since the last call; none while it is too early."""
        if self._context.clock.monotonic() < self._next_at:
            return ()
        return self.read(operation, step)

    def read(self, operation: Operation, step: StepRecord) -> tuple[str, ...]:
        """Return the lines that the task of a step wrote since the last call."""
        from proximity_tui.core.proxmox.errors import ProxmoxError

        client = self._context.clients.get(operation.cluster)
        if step.task is None or client is None:
            return ()
        pause = PAUSE
        try:
            fresh = client.rest_of_task_log(step.task, self._printed[step.task])
        except ProxmoxError:
            fresh, pause = (), PAUSE_AFTER_FAILURE
        self._next_at = self._context.clock.monotonic() + pause
        self._printed[step.task] += len(fresh)
        return fresh
