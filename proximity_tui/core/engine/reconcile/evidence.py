"""The evidence for a container that vanished, gathered while Proxmox still has it.

Reads only. What may not be read is named, with the privilege that would show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from datetime import timedelta
from typing import Any

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.deletion import ending_when_gone
from proximity_tui.core.doctrine.actions.sent_requests import destroy_of, is_outlived
from proximity_tui.core.doctrine.observation import backup_list
from proximity_tui.core.doctrine.observation.backup_list import BackupOwner
from proximity_tui.core.doctrine.reconciliation import removal_tasks
from proximity_tui.core.doctrine.reconciliation.removal_tasks import NOTICEABLE, OurPart, TaskType
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.model import Container, NodeStatus, Operation, Task, names
from proximity_tui.core.model.privilege import Privilege
from proximity_tui.core.proxmox.errors import Denied, ProxmoxError
from proximity_tui.core.store.records import operations

LOG_TAIL = 8
"""How many last lines of a task's log are kept."""

_OWNERS = {"backups": BackupOwner.OURS, "backups_perhaps": BackupOwner.UNSURE, "backups_of_former": BackupOwner.FORMER}

MOST_LOGS = 4
"""Of how many candidates the log is read."""

PATIENCE = 10.0
"""Seconds after which no further question is asked: a slow Proxmox must not hold the red alert back."""


@value_object
class Evidence:
    """The evidence of a disappearance: one line for the banner, and the facts as plain values; and whether the task of
    our own destroy is known to have failed.
    """

    sentence: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    destroy_failed: bool = False


def gather(reader: Reader, container: Container, nodes: dict[str, NodeStatus], clock: Clock) -> Evidence:
    """Return the evidence about a vanished container. `nodes` maps each node to its status; the node it was last seen
    on is asked first, the others only until a task is found that destroyed it.
    """
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
    if ahead:
        found["proxmox_clock_ahead_seconds"] = round(ahead.total_seconds())
    tasks, filtered = _tasks(reader, container, nodes, ahead, gaps, in_time)
    suspects = removal_tasks.candidates(tasks, container, ahead)
    ours = OurPart(reader.token_id, _our_operation(container))
    found["candidates"] = [_describe(reader, task, gaps) for task in suspects[:MOST_LOGS]]
    found["our_operation"] = ours.operation
    found["tasks_filtered_on"] = filtered
    if len(suspects) == 1:
        [task] = suspects
        found |= {"task": found["candidates"][0], "who": task.user, "when": removal_tasks.moment_of(task, ahead)}
    elif not suspects and not gaps:
        gaps.append("no task shows the cause: the log may have rotated")
    if in_time():
        found |= _backups(reader, container, nodes, ahead, gaps)
    else:
        gaps.append("Proxmox is too slow: not everything was read, because the alert does not wait")
    found["not_known"] = gaps
    return Evidence(removal_tasks.sentence(container, suspects, ours, ahead, filtered), found)


def of_our_destroy(reader: Reader, operation: Operation) -> Evidence:
    """Return the evidence about a guest whose destroy was ours: whether its task failed, where that can be read."""
    destroy = destroy_of(operation)
    task = None if destroy is None else names.upid(str(destroy.task))
    if destroy is None or task is None:
        return Evidence()
    try:
        listed = reader.find_tasks(task.node, operation.vmid)
    except ProxmoxError:
        return Evidence()
    return Evidence(destroy_failed=any(one.failed for one in listed if one.upid == destroy.task))


def _clock_ahead(reader: Reader) -> timedelta:
    """Return how far the clock of the tasks is ahead of ours; zero when that is not noticeable or not known."""
    try:
        ahead = reader.clock_ahead()
    except ProxmoxError:
        ahead = None
    return ahead if ahead is not None and abs(ahead) > NOTICEABLE else timedelta(0)


def _our_operation(container: Container) -> int | None:
    """Return the id of our last operation that had requested the destroy without learning its outcome, if that may
    still be why the container is gone.
    """
    asked = (one for one in operations.for_container(container.id) if ending_when_gone(one) is not None)
    return max((one.id for one in asked if not is_outlived(one, container.observed_at)), default=None)


def _tasks(
    reader: Reader,
    container: Container,
    nodes: dict[str, NodeStatus],
    ahead: timedelta,
    gaps: list[str],
    in_time: Callable[[], bool],
) -> tuple[list[Task], list[str]]:
    """Return the tasks of its VMID, and the nodes that show our token only its own tasks; the other nodes are asked
    until a destroy is found.
    """
    found: list[Task] = []
    filtered: list[str] = []
    first = [container.node] if container.node in nodes else []
    for node in [*first, *(node for node in nodes if node != container.node)]:
        if not in_time():
            break
        if nodes[node] != NodeStatus.ONLINE:
            gaps.append(f"node {node} is {nodes[node]}: its tasks cannot be read")
            continue
        try:
            found += reader.find_tasks(node, container.vmid, gaps=gaps)
            if not _sees_others(reader, node):
                filtered.append(node)
                gaps.append(f"tasks of others on {node} are not shown to our token (needs Sys.Audit on /nodes/{node})")
        except Denied as error:
            gaps.append(f"tasks of {node}: {error.sentence} (needs Sys.Audit on /nodes/{node})")
        except ProxmoxError as error:
            gaps.append(f"tasks of {node}: {error.sentence}")
        suspects = removal_tasks.candidates(found, container, ahead)
        if any(task.type == TaskType.DESTROY and task.succeeded for task in suspects):
            break
    return found, filtered


def _sees_others(reader: Reader, node: str) -> bool:
    """Return whether the task list of a node is complete: without Sys.Audit it silently holds only our token's own
    tasks.
    """
    path = f"/nodes/{node}"
    return Privilege.SYS_AUDIT in reader.permissions(path).get(path, ())


def _describe(reader: Reader, task: Task, gaps: list[str]) -> dict[str, Any]:
    tail: tuple[str, ...] = ()
    try:
        tail = reader.rest_of_task_log(task.upid)[-LOG_TAIL:]
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


def _backups(
    reader: Reader, container: Container, nodes: dict[str, NodeStatus], ahead: timedelta, gaps: list[str]
) -> dict[str, list[str]]:
    """Return its backups by volume id, those that may be its own, and those of former guests of its VMID."""
    found: dict[str, list[str]] = {key: [] for key in _OWNERS}
    node = container.node if nodes.get(container.node or "") == NodeStatus.ONLINE else _any_online(nodes)
    if node is None or container.vmid is None:
        return found | {"backups_unlisted": ["no node is online to list backups"]}
    try:
        listed = reader.backup_list(node, container.vmid)
    except ProxmoxError as error:
        gaps.append(f"backups: {error.sentence}")
        return found | {"backups_unlisted": [f"backups could not be read: {error.sentence}"]}
    for key, owner in _OWNERS.items():
        found[key] = [one.volid for one in backup_list.of_owner(listed.found, container, owner, ahead)]
    gaps += listed.unlisted
    return found | {"backups_unlisted": list(listed.unlisted)}


def _any_online(nodes: dict[str, NodeStatus]) -> str | None:
    return next((node for node, status in nodes.items() if status == NodeStatus.ONLINE), None)
