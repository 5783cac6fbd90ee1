"""The log of the task that an operation waits for, printed line by line while a person watches."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from proximity_tui.commands.base.output import note
from proximity_tui.core.model import Operation, StepRecord

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext


class TaskLog:
    """The logs of the tasks of an operation; each line is printed once. A log that cannot be read is left out: the
    result does not depend on it.
    """

    def __init__(self, session: AppContext) -> None:
        self._session = session
        self._printed: Counter[str] = Counter()

    def print_new(self, operation: Operation, step: StepRecord | None) -> None:
        """Print the lines that the task of a step wrote since the last call."""
        from proximity_tui.core.proxmox.errors import ProxmoxError

        client = self._session.clients.get(operation.cluster)
        if step is None or step.task is None or client is None:
            return
        try:
            fresh = client.task_log(step.task, self._printed[step.task])
        except (ProxmoxError, ValueError):
            return
        self._printed[step.task] += len(fresh)
        for line in fresh:
            note(f"      {line}")
