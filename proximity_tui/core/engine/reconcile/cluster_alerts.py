"""The alerts about what stands around the containers: one for each problem, resolved when the same source says so."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.doctrine.reconciliation.cluster_problems import (
    BACKUP,
    ClusterProblem,
    ClusterProblems,
    guests_in_question,
    problems_in_list,
    problems_of_backups,
    problems_of_certificates,
)
from proximity_tui.core.doctrine.reconciliation.gone_for_good import (
    OF_NODES,
    guest_of,
    left_nodes,
    storage_of,
    why_left,
)
from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.engine.reconcile import backup_jobs
from proximity_tui.core.engine.reconcile.report import WriteScope
from proximity_tui.core.model import Inventory, Quorum, Task
from proximity_tui.core.model.alert import Alert, AlertKind, Severity
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.alerts import alerts

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds for the certificates and backup tasks of all nodes (law 10)."""

NOT_ASKED = Quorum(None)
"""A quorum of which nothing is known."""


def about_list(inventory: Inventory, limits: Limits) -> None:
    """Raise or resolve the alerts about what the list shows: nodes, quorum and storages; and end those about nodes that
    left the cluster.
    """
    _write(inventory.cluster, problems_in_list(inventory, limits.storage_used))
    for alert in alerts.open_of_kinds(OF_NODES, inventory.cluster):
        if (why := why_left(alert, inventory)) is not None:
            alerts.resolve(alert.id, why)


def about_nodes(reader: Reader, nodes: Sequence[str], limits: Limits, clock: Clock, scope: WriteScope) -> None:
    """Raise or resolve the alerts about certificates and backups of these nodes, and end those about storages that are
    not configured any more, or disabled. They cost two requests a node, so they are for once in a while. What a node
    does not answer, or our token may not see, says nothing.
    """
    known = alerts.open_of_kinds(OF_NODES, reader.cluster)
    with reader.within(PATIENCE):
        quorum = _quorum(reader) if known else NOT_ASKED
        found = list(_asked(reader, nodes, limits, clock, known, quorum))
        removed = _removed(reader, nodes, filter(None, map(storage_of, known)), quorum)
    with scope():
        for problems in found:
            _write(reader.cluster, problems)
        for alert in known:
            if (why := removed.get(storage_of(alert) or "")) is not None:
                alerts.resolve(alert.id, why)


def _quorum(reader: Reader) -> Quorum:
    try:
        return reader.quorum()
    except ProxmoxError:
        return NOT_ASKED


def _asked(
    reader: Reader, nodes: Iterable[str], limits: Limits, clock: Clock, known: Iterable[Alert], quorum: Quorum
) -> Iterator[ClusterProblems]:
    cluster, now = reader.cluster, clock.now()
    tasks: dict[str, tuple[Task, ...]] = {}
    for node in nodes:
        try:
            expiry = {one.filename: one.expires_at for one in reader.details.certificates(node)}
            yield problems_of_certificates(cluster, node, expiry, now, limits.certificate)
            tasks[node] = reader.find_tasks(node, of_type=BACKUP, gaps=[])
        except ProxmoxError as error:
            log.info("certificates and backups of %s could not be read: %s", node, error)
    every = list(chain.from_iterable(tasks.values()))
    failed = [alert for alert in known if guest_of(alert) is not None]
    jobs = backup_jobs.single_backups(reader, every, guests_in_question(failed, every, now))
    # On a node that left the cluster nothing can have failed since.
    left = left_nodes(failed, quorum)
    yield problems_of_backups(cluster, left.union(tasks), [*every, *jobs], now)


def _removed(reader: Reader, nodes: Iterable[str], storages: Iterable[str], quorum: Quorum) -> Mapping[str, str]:
    """Return those of the storages that the cluster says it does not have, or has disabled, and the sentence for each.
    That they are not in the list of its storages is no proof: it has only what our token may see. Nodes outside the
    quorum may know an old configuration.
    """
    named, node = set(storages), next((one for one in nodes if one not in quorum.apart), None)
    if not named or node is None or not quorum.allows_conclusions:
        return {}
    try:
        configured = reader.details.configured_storages()
    except ProxmoxError:
        return {}
    disabled = {
        one: f"{one} is disabled in the configuration of {reader.cluster}" for one in named if configured.get(one)
    }
    gone = (one for one in named - set(configured) if _is_not_configured(reader, node, one))
    return disabled | {one: f"{one} is no storage of {reader.cluster} any more" for one in gone}


def _is_not_configured(reader: Reader, node: str, storage: str) -> bool:
    try:
        return not reader.details.is_configured(node, storage)
    except ProxmoxError:
        return False


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
