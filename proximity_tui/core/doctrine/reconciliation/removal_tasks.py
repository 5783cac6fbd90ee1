"""The tasks that may have removed a container: which are evidence of this very container, and what may be said of them.

Pure. A task is evidence only if it began in the life of our record and ended after the container was last seen alive as
ours: a task that ended before did something else. A task that failed may have removed it all the same: a forced restore
removes the old container first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from proximity_tui.core.base.text import describe
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.judge import LIST_AGE
from proximity_tui.core.model import Container, Task, names


class TaskType(StrEnum):
    """The tasks after which a container may be gone from its VMID."""

    DESTROY = "vzdestroy"
    RESTORE = "vzrestore"
    MIGRATE = "vzmigrate"
    """To another cluster: within one, the container stays listed under its VMID."""


NOTICEABLE = timedelta(seconds=5)
"""How far Proxmox's clock may be off ours before that is said and reckoned with."""

SLACK = LIST_AGE + NOTICEABLE
"""How much earlier than our last sight of it a task may have ended: the list is so old, and the clocks so far apart."""

_A_SECOND = timedelta(seconds=1)

_NOUNS: Mapping[str, str] = {
    TaskType.DESTROY: "the destroy",
    TaskType.RESTORE: "the restore",
    TaskType.MIGRATE: "the migration",
}
_DONE: Mapping[str, str] = {
    TaskType.DESTROY: "destroyed",
    TaskType.RESTORE: "overwritten by a restore",
    TaskType.MIGRATE: "migrated away",
}


@value_object
class OurPart:
    """Our own part: the token that we use, and the operation of ours that had requested the destroy."""

    token_id: str
    operation: int | None = None
    """None where no operation of ours had requested it."""

    def is_somebody_else(self, user: str) -> bool:
        """Return whether the user of a task is another one than the user of our token."""
        return names.user_of(user) != names.user_of(self.token_id)


def candidates(tasks: Iterable[Task], container: Container, ahead: timedelta) -> tuple[Task, ...]:
    """Return the tasks that may have removed it, oldest first; `ahead` is how far their clock is ahead of ours.

    One destroy that ended well did it, unless a restore may have been first; a migration counts only without others.
    """
    possible = {task.upid: task for task in tasks if _could_have(task, container, ahead)}
    found = sorted(possible.values(), key=lambda task: task.started_at)
    restores = [task for task in found if task.type == TaskType.RESTORE]
    destroyed = [task for task in found if task.type == TaskType.DESTROY and task.succeeded]
    if len(destroyed) == 1 and not restores:
        return tuple(destroyed)
    removers = [task for task in found if task.type != TaskType.MIGRATE]
    return tuple(removers or [task for task in found if not task.failed])


def moment_of(task: Task, ahead: timedelta) -> datetime:
    """Return when a task ended by our clock, or began where its end is not known."""
    return (task.ended_at or task.started_at) - ahead


def sentence(
    container: Container, found: Sequence[Task], ours: OurPart, ahead: timedelta, filtered: Collection[str]
) -> str:
    """Return the line for the banner. `filtered` are the nodes that do not show our token the tasks of others."""
    what = f"{container.name}  CT {container.vmid} on {container.node}"
    asked = f"; our own operation {ours.operation} had requested its destroy" if ours.operation is not None else ""
    if asked and not found:
        return f"{what}: gone{asked}"
    if not found:
        shown = f"tasks of others on {describe(sorted(filtered))} are not shown to our token"
        return f"{what}: gone; the cause is not known{f': {shown}' if filtered else ''}"
    # A task tells more than a request of ours whose end is not known.
    by_others = ", not by us" if all(ours.is_somebody_else(task.user) for task in found) else ""
    told = asked or by_others
    if len(found) > 1:
        either = " or ".join(f"{_NOUNS[task.type]} of {_when_and_who(task, ahead)}{_end(task)}" for task in found)
        return f"{what}: gone; either {either}{told}"
    task = found[0]
    if task.succeeded:
        return f"{what}: {_DONE[task.type]} {_when_and_who(task, ahead)}{told}"
    return f"{what}: gone; {_NOUNS[task.type]} of {_when_and_who(task, ahead)}{_end(task)} may have done it{told}"


def _could_have(task: Task, container: Container, ahead: timedelta) -> bool:
    if task.type not in set(TaskType):
        return False
    blur = _A_SECOND if ahead else timedelta(0)
    if task.started_at - ahead < container.created_at.replace(microsecond=0) - blur:
        return False
    alive = container.observed_at
    return task.running or alive is None or moment_of(task, ahead) >= alive - SLACK - blur


def _when_and_who(task: Task, ahead: timedelta) -> str:
    return f"{moment_of(task, ahead):%H:%M} UTC by {task.user}"


def _end(task: Task) -> str:
    if task.succeeded:
        return ""
    if task.failed:
        return " (failed)"
    return " (still running)" if task.running else " (its end is not known)"
