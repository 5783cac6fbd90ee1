"""The problems of a cluster that are alerts although no container is wrong: by its list, its certificates, its backups.

Pure. A problem is known by its kind and its name; it is over when the same source says so, never because it says
nothing (law 2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from itertools import chain
from operator import itemgetter
from typing import Any

from proximity_tui.core.base.text import human_age, number_of, percent
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.surroundings import is_full, judge_storages
from proximity_tui.core.model import Inventory, NodeStatus, StorageStatus, Task, names
from proximity_tui.core.model.alert import Alert, AlertKind, Severity
from proximity_tui.core.model.guests_by_node import guests_on

BACKUP = "vzdump"
"""The type of the tasks that make backups."""

A_NIGHT = timedelta(hours=26)
"""How long ago a failed backup may have been to be told of: a daily job, and the two hours that it may take."""

SLACK = 0.02
"""How far below its threshold a storage has to fall before it is not full any more: one at the threshold would be an
alert again and again.
"""


@value_object
class ClusterProblem:
    """One problem. `name` says what is wrong: a node, a storage, a backup; None for the whole cluster."""

    kind: AlertKind
    severity: Severity
    name: str | None
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[AlertKind, str | None]:
        """The key that it is known by."""
        return self.kind, self.name


@value_object
class ClusterProblems:
    """What a source says: what is wrong, and what is well, each as kind and name with how it became well. Of
    everything else it says nothing.
    """

    found: tuple[ClusterProblem, ...] = ()
    over: Mapping[tuple[AlertKind, str | None], str] = field(default_factory=dict)

    @property
    def keys(self) -> frozenset[tuple[AlertKind, str | None]]:
        """The keys that the problems are known by."""
        return frozenset(one.key for one in self.found)


@value_object
class _ProblemOver:
    """What is not wrong, and how it became well."""

    kind: AlertKind
    name: str | None
    why: str


_ProblemChanges = Iterator[ClusterProblem | _ProblemOver]


def problems_in_list(inventory: Inventory, storage_used: float) -> ClusterProblems:
    """Return what the list says of nodes, quorum and storages; `storage_used` is the share that may be in use."""
    return _problems(_nodes(inventory), _quorum(inventory), _storages(inventory, storage_used))


def problems_of_certificates(
    cluster: str, node: str, expiry: Mapping[str, datetime | None], now: datetime, limit: timedelta
) -> ClusterProblems:
    """Return what the certificates of a node say; `expiry` maps the name of each file to its end, `limit` is how long
    before it a certificate is an alert.
    """
    known = ((filename, end) for filename, end in sorted(expiry.items()) if end is not None)
    return _problems(_certificate(cluster, node, filename, end, end - now, limit) for filename, end in known)


def problems_of_backups(cluster: str, nodes: Collection[str], tasks: Iterable[Task], now: datetime) -> ClusterProblems:
    """Return what the backup tasks of these nodes say. Of each guest, wherever it was then, and of each job over many
    guests, the newest one counts that has an end.
    """
    newest: dict[tuple[str, str], Task] = {}
    for task in tasks:
        if task.type != BACKUP or task.running:
            continue
        key = task.id, "" if task.id else task.node
        known = newest.setdefault(key, task)
        if known.started_at < task.started_at:
            newest[key] = task
    return _problems(*(_backup(cluster, nodes, task, now) for _, task in sorted(newest.items(), key=itemgetter(0))))


def guests_in_question(failed: Iterable[Alert], tasks: Iterable[Task], now: datetime) -> dict[str, datetime]:
    """Return the guests whose last backup of their own failed, by VMID, with the time at which it began: by the alerts
    about `failed` ones and by these tasks. A later job over many guests may have backed them up.
    """
    began: dict[str, datetime] = {}
    for alert in failed:
        task = names.upid(alert.evidence.get("upid"))
        if task is not None and task.id:
            began[task.id] = max(task.started_at, began.get(task.id, task.started_at))
    own = (task for task in tasks if task.type == BACKUP and task.id and not task.running)
    for last in sorted(own, key=lambda task: task.started_at):
        if last.succeeded:
            if last.id in began and began[last.id] < last.started_at:
                del began[last.id]
        elif last.failed and (last.id in began or now - last.started_at <= A_NIGHT):
            began[last.id] = last.started_at
    return began


def _problems(*said: Iterable[ClusterProblem | _ProblemOver]) -> ClusterProblems:
    every = list(chain.from_iterable(said))
    over = {(one.kind, one.name): one.why for one in every if isinstance(one, _ProblemOver)}
    return ClusterProblems(tuple(one for one in every if isinstance(one, ClusterProblem)), over)


def _nodes(inventory: Inventory) -> _ProblemChanges:
    for name, node in inventory.nodes.items():
        if node.status is NodeStatus.OFFLINE and inventory.is_cut_off:
            # That the quorum is lost is the alert.
            continue
        if node.status is NodeStatus.OFFLINE:
            planned = ", which is in maintenance," if node.in_maintenance else ""
            guests = len(guests_on(inventory.guests, (name,)))
            offline = f"node {name} of {inventory.cluster}{planned} is offline"
            message = f"{offline}: the status of {_guests(guests)} on it is unknown"
            severity = Severity.AMBER if node.in_maintenance else Severity.RED
            yield ClusterProblem(AlertKind.NODE_OFFLINE, severity, name, message, {"node": name, "guests": guests})
        elif node.status is NodeStatus.ONLINE:
            yield _ProblemOver(AlertKind.NODE_OFFLINE, name, f"{name} is online again")


def _quorum(inventory: Inventory) -> _ProblemChanges:
    quorum = inventory.quorum
    if quorum.quorate is False:
        why = quorum.reason or "the cluster has no quorum"
        advice = "" if quorum.advice is None else f"; {quorum.advice}"
        message = f"{inventory.cluster}: {why}; nothing can be changed, and nothing is concluded{advice}"
        evidence: dict[str, object] = {"nodes_online": quorum.nodes_online, "nodes_total": quorum.nodes_total}
        if quorum.advice is not None and quorum.told is not None:
            evidence["alone"] = quorum.told.listed
        yield ClusterProblem(AlertKind.QUORUM_LOST, Severity.RED, None, message, evidence)
    elif quorum.allows_conclusions:
        yield _ProblemOver(AlertKind.QUORUM_LOST, None, "the cluster is quorate again")


def _storages(inventory: Inventory, most_used: float) -> _ProblemChanges:
    for storage in judge_storages(inventory):
        name, facts = storage.label, {"storage": storage.storage, "nodes": list(storage.nodes), "used": storage.used}
        if storage.status is StorageStatus.AVAILABLE:
            yield _ProblemOver(AlertKind.STORAGE_UNAVAILABLE, name, f"{name} is available again")
        elif not storage.node_down:
            # One whose nodes are all down is no problem of its own.
            message = f"storage {name} of {inventory.cluster} is unavailable: {storage.reason}"
            yield ClusterProblem(AlertKind.STORAGE_UNAVAILABLE, Severity.AMBER, name, message, facts)
        if is_full(storage, most_used):
            shares = f"{percent(storage.used or 0.0)} is used, {percent(most_used)} may be"
            message = f"storage {name} of {inventory.cluster} is nearly full: {shares}"
            yield ClusterProblem(AlertKind.STORAGE_FULL, Severity.AMBER, name, message, facts)
        elif storage.used is not None and storage.used <= most_used - SLACK:
            yield _ProblemOver(AlertKind.STORAGE_FULL, name, f"{percent(storage.used)} of {name} is used")


def _certificate(
    cluster: str, node: str, filename: str, end: datetime, left: timedelta, limit: timedelta
) -> ClusterProblem | _ProblemOver:
    name, seconds = f"{filename} on {node}", left.total_seconds()
    if left >= limit:
        return _ProblemOver(AlertKind.CERTIFICATE_EXPIRES, name, f"it is valid for {human_age(seconds)}")
    when = f"ends in {human_age(seconds)}" if seconds > 0 else f"ended {human_age(-seconds)} ago"
    message = f"certificate {name} of {cluster} {when}, at {end:%Y-%m-%d %H:%M} UTC"
    severity = Severity.AMBER if seconds > 0 else Severity.RED
    facts = {"node": node, "file": filename, "ends_at": end}
    return ClusterProblem(AlertKind.CERTIFICATE_EXPIRES, severity, name, message, facts)


def _backup(cluster: str, nodes: Collection[str], task: Task, now: datetime) -> _ProblemChanges:
    node, began, subject = task.node, task.started_at, f"CT {task.id}" if task.id else "backup job"
    if task.succeeded:
        # The one that failed may have been on the node that the guest has left since.
        for one in sorted({node, *nodes}) if task.id else (node,):
            why = f"a later backup at {began:%Y-%m-%d %H:%M} UTC succeeded"
            yield _ProblemOver(AlertKind.BACKUP_FAILED, f"{subject} on {one}", why)
    elif task.failed and now - began <= A_NIGHT:
        what = f"the backup of CT {task.id}" if task.id else "the backup job"
        message = f"{what} on {node} of {cluster} at {began:%H:%M} UTC by {task.user} failed: {task.exitstatus}"
        facts = {"node": node, "upid": task.upid, "when": began, "vmid": task.id or None}
        yield ClusterProblem(AlertKind.BACKUP_FAILED, Severity.AMBER, f"{subject} on {node}", message, facts)


def _guests(count: int) -> str:
    return number_of(count, "guest")
