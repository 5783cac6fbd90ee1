"""The rows of the tasks of a cluster, each with its guest, and whether we began it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Task, names


@value_object
class TaskRow:
    """A task of a cluster. `name` is the guest that has its VMID now; another one may have had it then."""

    cluster: str
    task: Task
    vmid: int | None = None
    name: str | None = None
    ours: bool = False
    """Whether our token began it."""

    @property
    def key(self) -> str:
        """The identity of the task."""
        return f"{self.cluster}/{self.task.upid}"

    @property
    def guest(self) -> str:
        """The guest that it is about, or whatever else Proxmox names; empty for a task about many."""
        if self.vmid is None:
            return self.task.id
        return f"{self.vmid} {self.name}" if self.name else str(self.vmid)

    @property
    def place(self) -> tuple[bool, float, str]:
        """The key by which tasks are ordered: those that run first, then the newest."""
        return not self.task.running, -self.task.started_at.timestamp(), self.key


def task_rows(
    cluster: str, tasks: Iterable[Task], token_id: str, guests: Mapping[int | None, str]
) -> tuple[TaskRow, ...]:
    """Return a row per task, those that run first, then the newest; `guests` maps VMIDs to names."""
    found = []
    for task in tasks:
        vmid = int(task.id) if task.id.isascii() and task.id.isdigit() and names.is_vmid(int(task.id)) else None
        found.append(TaskRow(cluster, task, vmid, guests.get(vmid) if vmid else None, task.user == token_id))
    return tuple(sorted(found, key=lambda row: row.place))
