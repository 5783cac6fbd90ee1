"""Who changed a config, by the tasks of Proxmox. Most changes are no task and leave no trace there.

Nobody is named without evidence: a task counts only if it began after the config was last seen as it was, ended well
before it was seen changed, and changes by its nature just what changed. Where two people fit, nobody is named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from proximity_tui.core.model import Task
from proximity_tui.core.model.config_revision import Attribution, RevisionCause
from proximity_tui.core.model.guests.guest_config import kind_of

_VOLUMES = frozenset({"mp", "rootfs", "unused"})
_CHANGED_BY_TASK = {
    "move_volume": _VOLUMES,
    "resize": frozenset({"mp", "rootfs"}),
    "vztemplate": _VOLUMES | {"template"},
}
"""The kinds of settings that each type of task changes."""
_CHANGES_ALL = "vzrollback"
"""A rollback brings the whole config of its snapshot back."""


def changed_by_task(
    changed: Collection[str], since: datetime, until: datetime, tasks: Iterable[Task]
) -> Attribution | None:
    """Return the task that changed these settings between two readings, and its user; None where no task tells."""
    fitting = [task for task in tasks if since < task.started_at <= until and _explains(task, changed)]
    if len({task.user for task in fitting}) != 1:
        return None
    latest = max(fitting, key=lambda task: task.started_at)
    return Attribution(RevisionCause.TASK, latest.user, f"{latest.type}: {latest.upid}")


def _explains(task: Task, changed: Collection[str]) -> bool:
    kinds = _CHANGED_BY_TASK.get(task.type, frozenset())
    return task.succeeded and (task.type == _CHANGES_ALL or all(kind_of(key) in kinds for key in changed))
