"""Who did it: the evidence for a container that vanished, gathered while Proxmox still has it.

Reads only. What may not be read is said, with the privilege that would show it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from proximity_tui.core.clock import Clock
from proximity_tui.core.engine.reader import Reader
from proximity_tui.core.model import Container, Task
from proximity_tui.core.proxmox.errors import Denied, ProxmoxError

DESTROY = "vzdestroy"
CULPRITS = (DESTROY, "vzrestore", "vzmigrate", "qmcreate", "qmrestore")
"""The tasks that can make a container vanish from its VMID or from its node."""

LOG_TAIL = 8
"""How many last lines of the task's log are kept."""

NOTICEABLE = timedelta(seconds=5)
"""How far Proxmox's clock may be off ours before that is said and reckoned with."""

_A_SECOND = timedelta(seconds=1)

PATIENCE = 10.0
"""Seconds after which no further question is asked: a slow Proxmox must not hold the red alert back."""


def gather(reader: Reader, container: Container, nodes: dict[str, str], clock: Clock) -> dict[str, Any]:
    """Evidence about a vanished container, as plain values. `nodes` maps each node to its status; the node it was
    last seen on is asked first, the others only until a task is found that destroyed it."""
    found: dict[str, Any] = {
        "last_seen": container.observed_at,
        "last_status": container.status,
        "last_node": container.node,
        "state": container.state,
        "ports_freed": [port.public for port in container.ports],
    }
    gaps: list[str] = []
    deadline = clock.monotonic() + PATIENCE

    def in_time() -> bool:
        return clock.monotonic() < deadline

    ahead = _clock_ahead(reader) if in_time() else timedelta(0)
    task = _culprit(reader, container, nodes, ahead, gaps, in_time)
    if ahead:
        found["proxmox_clock_ahead_seconds"] = round(ahead.total_seconds())
    if task is not None:
        found["task"] = _describe(reader, task, gaps)
        found["who"] = task.user
        found["when"] = (task.ended_at or task.started_at) - ahead
    elif not gaps:
        gaps.append("no task says who did it: the log may have rotated, or our token lacks Sys.Audit on /nodes")
    if in_time():
        found["backups"] = _backups(reader, container, nodes, gaps)
    else:
        gaps.append("Proxmox is too slow: not everything was asked, because the alert does not wait")
    found["not_known"] = gaps
    return found


def sentence(container: Container, evidence: dict[str, Any]) -> str:
    """One line for the banner: what vanished, from where, by whom and when, as far as it is known."""
    what = f"{container.name}  CT {container.vmid} on {container.node}"
    task = evidence.get("task")
    if not task:
        return f"{what}: gone, not by us; who did it is not known"
    verb = {"vzdestroy": "destroyed", "vzmigrate": "migrated away", "vzrestore": "overwritten by a restore"}
    when = evidence["when"]
    return f"{what}: {verb.get(task['type'], 'gone')} {when:%H:%M} UTC by {evidence['who']}, not by us"


def _clock_ahead(reader: Reader) -> timedelta:
    """How far the clock that tasks are timed by is ahead of ours; nothing when that is not noticeable or not known."""
    try:
        ahead = reader.clock_ahead()
    except ProxmoxError:
        ahead = None
    return ahead if ahead is not None and abs(ahead) > NOTICEABLE else timedelta(0)


def _culprit(
    reader: Reader,
    container: Container,
    nodes: dict[str, str],
    ahead: timedelta,
    gaps: list[str],
    in_time: Callable[[], bool],
) -> Task | None:
    """The task that did it: a destroy wherever it is found, before anything that only moved or overwrote it."""
    suspects: list[Task] = []
    first = [container.node] if container.node in nodes else []
    others = [node for node in nodes if node != container.node]
    for node in [*first, *others]:
        if not in_time():
            break
        if nodes[node] != "online":
            gaps.append(f"node {node} is {nodes[node]}: its tasks cannot be read")
            continue
        try:
            tasks = reader.find_tasks(node, container.vmid)
        except Denied as error:
            gaps.append(f"tasks of {node}: {error.sentence} (needs Sys.Audit on /nodes/{node})")
            continue
        except ProxmoxError as error:
            gaps.append(f"tasks of {node}: {error.sentence}")
            continue
        suspects += [task for task in tasks if task.type in CULPRITS and _could_have(task, container, ahead)]
        if any(task.type == DESTROY for task in suspects):
            break
    # One that is known to have worked before one whose end got lost.
    return max(suspects, key=lambda task: (task.type == DESTROY, task.succeeded, task.started_at), default=None)


def _could_have(task: Task, container: Container, ahead: timedelta) -> bool:
    """A task that began before the record was made, or failed, did not do it. When it began is said by a clock that is
    `ahead` of ours, which is known to about a second."""
    blur = _A_SECOND if ahead else timedelta(0)
    return not task.failed and task.started_at - ahead >= container.created_at.replace(microsecond=0) - blur


def _describe(reader: Reader, task: Task, gaps: list[str]) -> dict[str, Any]:
    tail: tuple[str, ...] = ()
    try:
        tail = reader.task_log(task.upid)[-LOG_TAIL:]
    except ProxmoxError as error:
        gaps.append(f"log of the task: {error.sentence} (needs Sys.Audit on /nodes/{task.node})")
    return {
        "upid": task.upid,
        "type": task.type,
        "user": task.user,
        "node": task.node,
        "started_at": task.started_at,
        "ended_at": task.ended_at,
        "exitstatus": task.exitstatus,
        "log": list(tail),
    }


def _backups(reader: Reader, container: Container, nodes: dict[str, str], gaps: list[str]) -> list[str]:
    node = container.node if container.node in nodes else next(iter(nodes), None)
    if node is None or container.vmid is None:
        return []
    try:
        return [backup.volid for backup in reader.backups(node, container.vmid)]
    except ProxmoxError as error:
        gaps.append(f"backups: {error.sentence} (needs Datastore.Audit on the storage)")
        return []
