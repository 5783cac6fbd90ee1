"""What is read of the tasks of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.core.proxmox import tasks
from proximity_tui.core.proxmox.reads.connection import ClusterConnection

if TYPE_CHECKING:
    from proximity_tui.core.model import Task
    from proximity_tui.core.proxmox.tasks import Heard, TaskSource


class TaskReads(ClusterConnection):
    """The reads of tasks."""

    def task(self, upid: str) -> Task:
        """Return the state of a task."""
        return tasks.read_task(self._session, upid)

    def task_log(self, upid: str, start: int = 0) -> tuple[str, ...]:
        """Return lines of a task's log from line `start` on."""
        return tasks.read_log(self._session, upid, start)

    def find_tasks(
        self,
        node: str,
        vmid: int | None = None,
        source: TaskSource = "all",
        gaps: list[str] | None = None,
        of_type: str | None = None,
    ) -> tuple[Task, ...]:
        """Return the tasks of a node that we may see, newest first; see `tasks.find`."""
        return tasks.find(self._session, node, vmid, source, gaps, of_type)

    def wait_task(self, upid: str, timeout: float, heard: Heard = lambda _: None) -> Task:
        """Return a task when it has stopped, or what is known of it after `timeout` seconds; see `tasks.wait`."""
        return tasks.wait(self._session, upid, timeout, self._clock, heard)
