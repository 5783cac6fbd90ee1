"""The alerts about what stands around the containers: one for each problem, resolved when the same source says so."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from itertools import chain

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.doctrine.reconciliation.cluster_problems import (
    BACKUP,
    ClusterProblem,
    ClusterProblems,
    in_list,
    of_backups,
    of_certificates,
)
from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.engine.reconcile.report import WriteScope
from proximity_tui.core.model import Inventory, Task
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.alerts import alerts

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds for the certificates and backup tasks of all nodes (law 10)."""


def about_list(inventory: Inventory, limits: Limits) -> None:
    """Raise or resolve the alerts about what the list shows: nodes, quorum and storages."""
    _write(inventory.cluster, in_list(inventory, limits.storage_used))


def about_nodes(reader: Reader, nodes: Iterable[str], limits: Limits, clock: Clock, scope: WriteScope) -> None:
    """Raise or resolve the alerts about certificates and backups of these nodes. They cost two requests a node, so they
    are for once in a while. What a node does not answer, or our token may not see, says nothing.
    """
    with reader.within(PATIENCE):
        found = list(_asked(reader, nodes, limits, clock))
    with scope():
        for problems in found:
            _write(reader.cluster, problems)


def _asked(reader: Reader, nodes: Iterable[str], limits: Limits, clock: Clock) -> Iterator[ClusterProblems]:
    cluster, now = reader.cluster, clock.now()
    tasks: dict[str, tuple[Task, ...]] = {}
    for node in nodes:
        try:
            expiry = {one.filename: one.expires_at for one in reader.details.certificates(node)}
            yield of_certificates(cluster, node, expiry, now, limits.certificate)
            tasks[node] = reader.find_tasks(node, of_type=BACKUP, gaps=[])
        except (ProxmoxError, ValueError) as error:
            log.info("certificates and backups of %s could not be read: %s", node, error)
    yield of_backups(cluster, tasks.keys(), chain.from_iterable(tasks.values()), now)


def _write(cluster: str, problems: ClusterProblems) -> None:
    for one in problems.found:
        if _is_over(cluster, one):
            continue
        alerts.raise_alert(
            one.kind,
            one.severity,
            cluster=cluster,
            name=one.name,
            message=one.message,
            evidence=one.evidence,
            notify=one.severity is Severity.RED,
        )
    for alert in alerts.open_of_kinds({kind for kind, _ in problems.over}, cluster):
        resolution = problems.over.get((AlertKind(alert.kind), alert.name))
        if resolution is not None:
            alerts.resolve(alert.id, resolution)


def _is_over(cluster: str, problem: ClusterProblem) -> bool:
    """Return whether the alert about the very task of a problem has ended. While the node of the later backup does not
    answer, the one that failed is the newest that is seen.
    """
    task = problem.evidence.get("upid")
    last = None if task is None else alerts.newest(alerts.key_of(problem.kind, cluster=cluster, name=problem.name))
    return last is not None and last.resolved_at is not None and last.evidence.get("upid") == task
